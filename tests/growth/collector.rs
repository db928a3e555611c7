//! Flushes and commits among many objects, and the collector.

use orm::__private::collector_steps;
use orm::IntoObj;

use super::steps::flat;
use super::world::{Everything, Member, Note, Tag, Team, Thing, gcd, shuffled, world};

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
