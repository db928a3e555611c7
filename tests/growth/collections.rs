//! Collections: adding, taking out, searching, moving, and what waits for a load.

use orm::IntoObj;
use orm::prelude::*;

use super::steps::flat;
use super::world::{Member, Team, Thing, shuffled, world};

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
        steps.each(all.members.iter().rev(), |member| member.set_team(None));
        assert!(!all.team.members().is_loaded().unwrap());
        assert!(steps.of(|| world.session.no_autoflush(|_| all.team.members().is_empty())));
    });
    flat("load what was queued", |n, steps| {
        let world = world();
        let all = world.team(n);
        all.forget(&world.session);
        let new: Vec<Obj<Thing>> = (0..n).map(|_| Thing::builder().into_obj().unwrap()).collect();
        steps.each(&new, |thing| thing.set_team(&all.team));
        steps.each(all.things.iter().rev(), |thing| thing.set_team(None));
        assert!(!all.team.things().is_loaded().unwrap());
        world.session.no_autoflush(|_| {
            steps.of(|| all.team.things().len());
            assert!(all.team.things().iter().unwrap().eq(new));
        });
    });
}
