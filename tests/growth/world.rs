//! Teams, with collections of every kind.

use orm::SessionConfig;
use orm::prelude::*;
use tests::Db;

orm::registry!(
    /// These classes.
    pub Zoo
);

/// It has collections of every kind.
#[derive(Mapped, Default)]
#[mapped(registry = Zoo)]
pub struct Team {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(back_populates = "team", order_by = Member::id)]
    pub members: Many<Member>,
    #[relationship(back_populates = "team")]
    pub things: ManySet<Thing>,
    #[relationship(secondary = TeamTag, back_populates = "teams")]
    pub tags: Many<Tag>,
    #[relationship]
    pub notes: Many<Note>,
}

#[derive(Mapped, Default)]
#[mapped(registry = Zoo)]
pub struct Member {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Team::id)]
    pub team_id: Option<i64>,
    #[relationship(back_populates = "members")]
    pub team: Option<One<Team>>,
}

#[derive(Mapped, Default)]
#[mapped(registry = Zoo)]
pub struct Thing {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Team::id)]
    pub team_id: Option<i64>,
    #[relationship(back_populates = "things")]
    pub team: Option<One<Team>>,
}

#[derive(Mapped, Default)]
#[mapped(registry = Zoo)]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(secondary = TeamTag, back_populates = "tags")]
    pub teams: ManySet<Team>,
}

#[derive(Table)]
#[mapped(registry = Zoo)]
pub struct TeamTag {
    #[column(primary_key, foreign_key = Team::id)]
    pub team_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    pub tag_id: i64,
}

/// It has no way back.
#[derive(Mapped, Default)]
#[mapped(registry = Zoo)]
pub struct Note {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Team::id)]
    pub team_id: Option<i64>,
}

pub(super) struct World {
    pub(super) session: Session,
    db: Db,
}

/// A session in which what is loaded stays loaded.
pub(super) fn world() -> World {
    let db = Db::empty();
    Zoo::create_all(&db.engine).unwrap();
    let config = SessionConfig::default().expire_on_commit(false);
    World { session: Session::with_config(&db.engine, config), db }
}

impl World {
    /// A session that expires at commit.
    pub(super) fn expiring(mut self) -> World {
        self.session = self.db.session();
        self
    }

    /// A committed team with everything loaded; so many members, things, tags and notes.
    pub(super) fn team(&self, size: usize) -> Everything {
        let team = self
            .session
            .add(
                Team::builder()
                    .members((0..size).map(|_| Member::builder()))
                    .things((0..size).map(|_| Thing::builder()))
                    .tags((0..size).map(|_| Tag::builder()))
                    .notes((0..size).map(|_| Note::builder())),
            )
            .unwrap();
        self.session.commit().unwrap();
        self.session.expire(&team).unwrap();
        let everything = Everything {
            members: team.members().iter().unwrap().collect(),
            things: team.things().iter().unwrap().collect(),
            tags: team.tags().iter().unwrap().collect(),
            notes: team.notes().iter().unwrap().collect(),
            team,
        };
        assert_eq!(everything.notes.len(), size);
        everything
    }

    /// A team without anything, loaded. It doesn't expire the others.
    pub(super) fn empty(&self) -> Obj<Team> {
        let team = self.session.add(Team::builder()).unwrap();
        self.session.flush().unwrap();
        assert!(team.members().is_empty().unwrap() && team.things().is_empty().unwrap());
        assert!(team.tags().is_empty().unwrap() && team.notes().is_empty().unwrap());
        team
    }
}

pub(super) struct Everything {
    pub(super) team: Obj<Team>,
    pub(super) members: Vec<Obj<Member>>,
    pub(super) things: Vec<Obj<Thing>>,
    pub(super) tags: Vec<Obj<Tag>>,
    pub(super) notes: Vec<Obj<Note>>,
}

impl Everything {
    /// The collections aren't loaded any more, but each item knows the team.
    pub(super) fn forget(&self, session: &Session) {
        assert!(self.members.iter().all(|member| member.team().unwrap().is_some()));
        assert!(self.things.iter().all(|thing| thing.team().unwrap().is_some()));
        session.expire_attributes(&self.team, &["members", "things"]).unwrap();
    }
}

/// The same objects in an order that isn't theirs.
pub(super) fn shuffled<T: Clone>(items: &[T]) -> Vec<T> {
    let step = (1..).find(|step| step * 2 > items.len() && gcd(*step, items.len()) == 1).unwrap_or(1);
    (0..items.len()).map(|at| items[at * step % items.len()].clone()).collect()
}

pub(super) fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
