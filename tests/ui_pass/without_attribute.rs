//! A field that is a relationship by its type needs no attribute. Its other side does: it names this one.

use orm::prelude::*;

#[derive(Mapped, Debug, Clone, Default, PartialEq)]
pub struct Team {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    pub members: Many<Member>,
}

#[derive(Mapped, Debug, Clone, Default, PartialEq)]
pub struct Member {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Team::id)]
    pub team_id: i64,
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
    pub parts: orm::ManySet<Part>,
}

#[derive(Mapped, Debug, Clone, Default, PartialEq)]
pub struct Part {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Thing::id)]
    pub thing_id: i64,
}

fn main() -> orm::Result<()> {
    let engine = orm::sqlite::Engine::in_memory()?;
    DefaultRegistry::create_all(&engine)?;
    let session = Session::new(&engine);
    let team = session.add(Team::builder().name("a"))?;
    let member = team.members().append(Member::builder())?;
    let thing = session.add(Thing::builder().team(&team))?;
    let part = thing.parts().append(Part::builder())?;
    session.commit()?;
    assert_eq!((thing.team()?, member.head()?), (Some(team.clone()), None));
    assert_eq!(team.members().iter()?.collect::<Vec<_>>(), [member]);
    assert_eq!(thing.parts().iter()?.collect::<Vec<_>>(), [part]);
    Ok(())
}
