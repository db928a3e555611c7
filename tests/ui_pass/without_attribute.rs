//! A field that is a relationship by its type needs no attribute.

use orm::prelude::*;

#[derive(Mapped, Debug, Clone, Default, PartialEq)]
pub struct Team {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    pub members: Many<Member>,
    pub things: orm::ManySet<Thing>,
}

#[derive(Mapped, Debug, Clone, Default, PartialEq)]
pub struct Member {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Team::id)]
    pub team_id: i64,
    pub team: One<Team>,
    #[column(foreign_key = Self::id)]
    pub head_id: Option<i64>,
    #[relationship(remote_side = Self::id)]
    pub head: Option<One<Self>>,
}

#[derive(Mapped, Debug, Clone, Default, PartialEq)]
pub struct Thing {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Team::id)]
    pub team_id: Option<i64>,
    pub team: Option<orm::One<Team>>,
}

fn main() -> orm::Result<()> {
    let engine = orm::sqlite::Engine::in_memory()?;
    DefaultRegistry::create_all(&engine)?;
    let session = Session::new(&engine);
    let team = session.add(Team::builder().name("a"))?;
    let member = session.add(Member::builder().team(&team))?;
    let thing = session.add(Thing::builder().team(&team))?;
    session.commit()?;
    assert_eq!((member.team()?, thing.team()?, member.head()?), (team.clone(), Some(team.clone()), None));
    assert_eq!(team.members().iter()?.collect::<Vec<_>>(), [member]);
    assert_eq!(team.things().iter()?.collect::<Vec<_>>(), [thing]);
    // As with the attribute, one side doesn't know of the other without `back_populates`.
    team.members().push(Member::builder())?;
    session.commit()?;
    assert_eq!(team.members().len()?, 2);
    Ok(())
}
