//! Growth: what an operation on one object costs doesn't depend on how many others there are. Counted are the items of
//! collections and the objects and links that are looked at, not seconds; only builds with debug assertions count.
#![cfg(debug_assertions)]

use orm::__private::{collection_steps, collector_steps};
use orm::IntoObj;
use orm::prelude::*;
use orm::{Result, SessionConfig};
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

/// How many objects there are at first; then four times as many.
const FEW: usize = 300;

/// How many steps an operation may take at four times as many objects, as a share of what it takes at first.
const LIMIT: f64 = 1.3;

/// How many steps are too few to tell.
const FEW_STEPS: f64 = 4.0;

/// Counts the steps of one operation for each of so many objects, and of four times as many. What is counted is what
/// `run` gives to the function that it is given.
fn flat(name: &str, run: impl Fn(usize, &mut Steps)) {
    let each = |objects: usize| {
        let mut steps = Steps::default();
        run(objects, &mut steps);
        (steps.in_collections as f64 / objects as f64, steps.in_collector as f64 / objects as f64)
    };
    let (few, many) = (each(FEW), each(4 * FEW));
    println!("{name}: {few:.1?} {many:.1?}");
    assert!(many.0 <= few.0.max(FEW_STEPS) * LIMIT, "{name}: items an operation {} and {}", few.0, many.0);
    assert!(many.1 <= few.1.max(FEW_STEPS) * LIMIT, "{name}: the collector's steps {} and {}", few.1, many.1);
}

/// What was counted.
#[derive(Default)]
struct Steps {
    in_collections: u64,
    in_collector: u64,
}

impl Steps {
    /// Counts the steps of `f`.
    fn of<R>(&mut self, f: impl FnOnce() -> Result<R>) -> R {
        let before = (collection_steps(), collector_steps());
        let result = f().unwrap();
        self.in_collections += collection_steps() - before.0;
        self.in_collector += collector_steps() - before.1;
        result
    }

    /// Counts the steps of `f` for each of many objects.
    fn each<I>(&mut self, items: impl IntoIterator<Item = I>, mut f: impl FnMut(I) -> Result<()>) {
        let items: Vec<I> = items.into_iter().collect();
        self.of(|| items.into_iter().try_for_each(&mut f));
    }
}

struct World {
    session: Session,
    db: Db,
}

/// A session in which what is loaded stays loaded.
fn world() -> World {
    let db = Db::empty();
    Zoo::create_all(&db.engine).unwrap();
    let config = SessionConfig::default().expire_on_commit(false);
    World { session: Session::with_config(&db.engine, config), db }
}

impl World {
    /// A session that expires at commit.
    fn expiring(mut self) -> World {
        self.session = self.db.session();
        self
    }

    /// A committed team with everything loaded; so many members, things, tags and notes.
    fn team(&self, size: usize) -> Everything {
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
    fn empty(&self) -> Obj<Team> {
        let team = self.session.add(Team::builder()).unwrap();
        self.session.flush().unwrap();
        assert!(team.members().is_empty().unwrap() && team.things().is_empty().unwrap());
        assert!(team.tags().is_empty().unwrap() && team.notes().is_empty().unwrap());
        team
    }
}

struct Everything {
    team: Obj<Team>,
    members: Vec<Obj<Member>>,
    things: Vec<Obj<Thing>>,
    tags: Vec<Obj<Tag>>,
    notes: Vec<Obj<Note>>,
}

impl Everything {
    /// The collections aren't loaded any more, but each item knows the team.
    fn forget(&self, session: &Session) {
        assert!(self.members.iter().all(|member| member.team().unwrap().is_some()));
        assert!(self.things.iter().all(|thing| thing.team().unwrap().is_some()));
        session.expire_attributes(&self.team, &["members", "things"]).unwrap();
    }
}

/// The same objects in an order that isn't theirs.
fn shuffled<T: Clone>(items: &[T]) -> Vec<T> {
    let step = (1..).find(|step| step * 2 > items.len() && gcd(*step, items.len()) == 1).unwrap_or(1);
    (0..items.len()).map(|at| items[at * step % items.len()].clone()).collect()
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[test]
fn steps_are_counted() {
    let world = world();
    let all = world.team(100);
    let mut steps = Steps::default();
    steps.of(|| all.team.members().iter());
    assert!(steps.in_collections >= 100);
    let mut steps = Steps::default();
    let ring = Team::builder().members((0..200).map(|_| Member::builder())).into_obj().unwrap();
    steps.of(|| {
        drop(ring);
        orm::collect();
        Ok(())
    });
    assert!(steps.in_collector >= 400);
}

// ---- collections ----

#[test]
fn adding() {
    flat("append to a list", |n, steps| {
        let world = world();
        let team = world.empty();
        steps.each(0..n, |_| team.members().append(Member::builder()).map(drop));
    });
    flat("append to a set", |n, steps| {
        let world = world();
        let team = world.empty();
        steps.each(0..n, |_| team.things().append(Thing::builder()).map(drop));
        assert_eq!(team.things().len().unwrap(), n);
    });
    flat("append to a set what it has", |n, steps| {
        let world = world();
        let all = world.team(n);
        steps.each(&all.things, |thing| all.team.things().append(thing).map(drop));
        assert_eq!(all.team.things().len().unwrap(), n);
    });
    flat("insert at the front", |n, steps| {
        let world = world();
        let team = world.empty();
        steps.each(0..n, |_| team.members().insert(0, Member::builder()).map(drop));
    });
    flat("insert in the middle, and look", |n, steps| {
        let world = world();
        let all = world.team(n);
        steps.each(0..n, |at| {
            let member = all.team.members().insert(n / 2, Member::builder())?;
            assert!(all.team.members().contains(&member)? && all.team.members().contains(&all.members[at])?);
            Ok(())
        });
    });
}

#[test]
fn taking_out() {
    flat("remove the last", |n, steps| {
        let world = world();
        let all = world.team(n);
        steps.each(all.members.iter().rev(), |member| all.team.members().remove(member));
        assert!(all.team.members().is_empty().unwrap());
    });
    flat("remove the first", |n, steps| {
        let world = world();
        let all = world.team(n);
        steps.each(&all.members, |member| all.team.members().remove(member));
        assert!(all.team.members().is_empty().unwrap());
    });
    flat("remove any", |n, steps| {
        let world = world();
        let all = world.team(n);
        steps.each(&shuffled(&all.members), |member| all.team.members().remove(member));
        assert!(all.team.members().is_empty().unwrap());
    });
    flat("remove from a set", |n, steps| {
        let world = world();
        let all = world.team(n);
        steps.each(&shuffled(&all.things), |thing| all.team.things().remove(thing));
        assert!(all.team.things().is_empty().unwrap());
    });
    flat("remove from both sides", |n, steps| {
        let world = world();
        let all = world.team(n);
        steps.each(&shuffled(&all.tags), |tag| all.team.tags().remove(tag));
        assert!(all.team.tags().is_empty().unwrap());
    });
    flat("pop", |n, steps| {
        let world = world();
        let all = world.team(n);
        steps.each(0..n, |_| all.team.members().pop().map(drop));
    });
    flat("pop the first", |n, steps| {
        let world = world();
        let all = world.team(n);
        steps.each(0..n, |_| all.team.members().pop_at(0).map(drop));
    });
    flat("clear", |n, steps| {
        let world = world();
        let all = world.team(n);
        steps.of(|| all.team.members().clear());
        steps.of(|| all.team.things().clear());
        steps.of(|| all.team.tags().clear());
    });
}

#[test]
fn searching() {
    flat("contains", |n, steps| {
        let world = world();
        let all = world.team(n);
        steps.each(&all.members, |member| {
            assert!(all.team.members().contains(member)?);
            Ok(())
        });
    });
    flat("contains, of others", |n, steps| {
        let world = world();
        let (others, all) = (world.team(n), world.team(n));
        steps.each(&others.things, |thing| {
            assert!(!all.team.things().contains(thing)?);
            Ok(())
        });
    });
}

#[test]
fn replacing() {
    flat("replace by others", |n, steps| {
        let world = world();
        let all = world.team(n);
        steps.of(|| all.team.members().replace((0..n).map(|_| Member::builder())));
        assert_eq!(all.team.members().len().unwrap(), n);
    });
    flat("replace by the same in another order", |n, steps| {
        let world = world();
        let all = world.team(n);
        steps.of(|| all.team.members().replace(shuffled(&all.members)));
        assert_eq!(all.team.members().iter().unwrap().collect::<Vec<_>>(), shuffled(&all.members));
    });
    flat("replace the items of a set", |n, steps| {
        let world = world();
        let (others, all) = (world.team(n), world.team(n));
        steps.of(|| all.team.things().replace(&others.things));
        assert_eq!(all.team.things().len().unwrap(), n);
        assert!(others.team.things().is_empty().unwrap());
    });
}

#[test]
fn moving() {
    for (name, order) in [("the last first", true), ("the first first", false)] {
        flat(&format!("move to another parent, {name}"), |n, steps| {
            let world = world();
            let (all, to) = (world.team(n), world.empty());
            let mut members = all.members.clone();
            if order {
                members.reverse();
            }
            steps.each(&members, |member| member.set_team(&to));
            assert!(all.team.members().is_empty().unwrap());
            assert_eq!(to.members().len().unwrap(), n);
        });
    }
    flat("move from a set", |n, steps| {
        let world = world();
        let (all, to) = (world.team(n), world.empty());
        steps.each(&shuffled(&all.things), |thing| thing.set_team(&to));
        assert!(all.team.things().is_empty().unwrap());
    });
}

#[test]
fn queueing() {
    flat("set a parent that isn't loaded", |n, steps| {
        let world = world();
        let team = world.session.add(Team::builder()).unwrap();
        world.session.commit().unwrap();
        steps.each(0..n, |_| Member::builder().into_obj()?.set_team(&team));
        assert!(!team.members().is_loaded().unwrap());
    });
    flat("leave a parent that isn't loaded", |n, steps| {
        let world = world();
        let all = world.team(n);
        all.forget(&world.session);
        steps.each(all.members.iter().rev(), |member| member.set_team(None::<Obj<Team>>));
        assert!(!all.team.members().is_loaded().unwrap());
        assert!(steps.of(|| world.session.no_autoflush(|_| all.team.members().is_empty())));
    });
    flat("load what was queued", |n, steps| {
        let world = world();
        let all = world.team(n);
        all.forget(&world.session);
        let new: Vec<Obj<Thing>> = (0..n).map(|_| Thing::builder().into_obj().unwrap()).collect();
        steps.each(&new, |thing| thing.set_team(&all.team));
        steps.each(all.things.iter().rev(), |thing| thing.set_team(None::<Obj<Team>>));
        assert!(!all.team.things().is_loaded().unwrap());
        world.session.no_autoflush(|_| {
            steps.of(|| all.team.things().len());
            assert!(all.team.things().iter().unwrap().eq(new));
        });
    });
}

// ---- flushes, and the collector ----

#[test]
fn append_and_flush_in_turn() {
    flat("append to a list and flush", |n, steps| {
        let world = world();
        let team = world.empty();
        steps.each(0..n, |_| {
            team.members().append(Member::builder())?;
            world.session.flush()
        });
        assert_eq!(team.members().len().unwrap(), n);
    });
    flat("append to a set and flush", |n, steps| {
        let world = world();
        let team = world.empty();
        steps.each(0..n, |_| {
            team.things().append(Thing::builder())?;
            world.session.flush()
        });
    });
    flat("append to both sides and flush", |n, steps| {
        let world = world();
        let team = world.empty();
        steps.each(0..n, |_| {
            team.tags().append(Tag::builder())?;
            world.session.flush()
        });
    });
    flat("append without a way back and flush", |n, steps| {
        let world = world();
        let team = world.empty();
        steps.each(0..n, |_| {
            team.notes().append(Note::builder())?;
            world.session.flush()
        });
    });
    flat("set the parent and flush", |n, steps| {
        let world = world();
        let team = world.empty();
        steps.each(0..n, |_| {
            world.session.add(Member::builder().team(&team))?;
            world.session.flush()
        });
        assert_eq!(team.members().len().unwrap(), n);
    });
    flat("remove and flush", |n, steps| {
        let world = world();
        let all = world.team(n);
        steps.each(shuffled(&all.tags), |tag| {
            all.team.tags().remove(&tag)?;
            world.session.flush()
        });
    });
    flat("append and flush, while only a child holds the parent", |n, steps| {
        let world = world();
        let member = world.empty().members().append(Member::builder()).unwrap();
        world.session.flush().unwrap();
        steps.each(0..n, |_| {
            let team = member.team()?.unwrap();
            team.notes().append(Note::builder())?;
            team.tags().append(Tag::builder())?;
            drop(team);
            world.session.flush()
        });
        assert_eq!(member.team().unwrap().unwrap().notes().len().unwrap(), n);
    });
    flat("append while the collection is held, and flush within the loop", |n, steps| {
        let world = world();
        let all = world.team(n);
        let members = all.team.members();
        drop(all);
        steps.of(|| {
            for member in members.iter()? {
                members.append(Member::builder())?;
                drop(member);
                world.session.flush()?;
            }
            Ok(())
        });
        assert_eq!(members.len().unwrap(), 2 * n);
    });
}

#[test]
fn append_and_commit_in_turn() {
    flat("append and commit, while all stays loaded", |n, steps| {
        let world = world();
        let team = world.empty();
        steps.each(0..n, |_| {
            team.members().append(Member::builder())?;
            team.tags().append(Tag::builder())?;
            team.notes().append(Note::builder())?;
            world.session.commit()
        });
        assert_eq!(team.notes().len().unwrap(), n);
    });
    flat("append and commit, while something waits", |n, steps| {
        let world = world();
        let all = world.team(n);
        let Everything { team, tags, .. } = all;
        steps.each(tags, |tag| {
            team.tags().remove(&tag)?;
            team.tags().append(&tag)?;
            drop(tag);
            world.session.commit()
        });
    });
    flat("commit and expire", |n, steps| {
        let world = world().expiring();
        let all = world.team(n);
        steps.each(0..n, |_| {
            all.team.notes().is_loaded()?;
            world.session.add(Note::builder())?;
            world.session.commit()
        });
    });
}

#[test]
fn reading_costs_the_collector_nothing() {
    flat("read", |n, steps| {
        let world = world();
        let team = world.team(n).team;
        orm::collect();
        let before = collector_steps();
        for _ in 0..5 {
            for tag in team.tags().iter().unwrap() {
                assert_eq!(tag.teams().len().unwrap(), 1);
            }
            for member in team.members().iter().unwrap() {
                assert_eq!(member.team().unwrap().as_ref(), Some(&team));
            }
            assert_eq!(team.notes().iter().unwrap().count(), n);
        }
        let first = collector_steps() - before;
        let before = collector_steps();
        for _ in 0..5 {
            team.tags().iter().unwrap().for_each(|tag| drop(tag.teams().iter().unwrap()));
            team.notes().iter().unwrap().for_each(drop);
        }
        assert_eq!(collector_steps() - before, 0, "after {first} the first time");
        steps.in_collector = first;
    });
}

#[test]
fn handles_dropped_in_any_order() {
    type Order = fn(usize, usize) -> usize;
    let orders: [(&str, Order); 3] = [
        ("forwards", |at, _| at),
        ("backwards", |at, n| n - 1 - at),
        ("any", |at, n| at * (1..).find(|step| step * 3 > n && gcd(*step, n) == 1).unwrap_or(1) % n),
    ];
    for (name, order) in orders {
        for team_first in [true, false] {
            flat(&format!("drop handles, {name}, {team_first}"), |n, steps| {
                let mut tags: Vec<_> = (0..n).map(|_| Some(Tag::builder().into_obj().unwrap())).collect();
                let mut members: Vec<_> =
                    (0..n).map(|_| Some(Member::builder().into_obj().unwrap())).collect();
                let team = Team::builder()
                    .tags(tags.iter().flatten().cloned().collect::<Vec<_>>())
                    .members(members.iter().flatten().cloned().collect::<Vec<_>>())
                    .into_obj()
                    .unwrap();
                let mut team = Some(team);
                if team_first {
                    team = None;
                }
                steps.each(0..n, |at| {
                    tags[order(at, n)] = None;
                    members[order(at, n)] = None;
                    Ok(())
                });
                steps.of(|| {
                    drop(team);
                    orm::collect();
                    Ok(())
                });
            });
        }
    }
}
