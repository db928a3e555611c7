//! Growth of single operations: what one costs must not depend on how many other objects there are.
//!
//! Each case does an operation for each of n objects, for 2n and for 4n of them. The growth factor is the cost
//! of an operation among 4n over that among n: 1 where it is constant, 4 where it looks at every other object.
//! Caches hold less of more objects, so that a constant cost shows factors of 1.0 to 1.3.

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use orm::IntoObj;
use orm::prelude::*;
use orm::sqlite::Engine;

use crate::models::{Growing, Label, Member, Team, Thing};
use crate::{Outcome, check, objects};

/// How long a case may take, set-up included. One that takes longer is cut off, and has failed.
const BUDGET: Duration = Duration::from_secs(5);

/// A case is repeated until it took this long, but not more often than `ROUNDS`. The fastest run of each size
/// counts.
const ENOUGH: Duration = Duration::from_millis(500);

/// How often a case is repeated at most.
const ROUNDS: usize = 25;

/// Where the cost of an operation must not grow.
const FLAT: f64 = 1.4;

/// Where a part of the cost grows by itself: there are more pages, and deeper trees of them.
const NEARLY: f64 = 1.6;

/// Where a list is shifted for each of its items.
const SHIFTED: f64 = 2.0;

/// An operation on each of many objects.
pub struct Case {
    /// What is done.
    pub name: &'static str,
    /// The smallest number of objects.
    pub objects: usize,
    /// How often the operation is done, where that isn't once for each object.
    pub times: Option<usize>,
    /// The growth factor that is allowed.
    pub limit: f64,
    run: fn(usize, &mut Watch) -> Outcome<()>,
}

/// Every case.
pub const CASES: [Case; 14] = [
    case("list_append", 1000, FLAT, list_append),
    case("set_append", 1000, FLAT, set_append),
    case("set_parent", 1000, FLAT, set_parent),
    case("move_last", 1000, FLAT, move_last),
    case("move_first", 1000, SHIFTED, move_first),
    case("remove_last", 1000, FLAT, remove_last),
    case("contains", 1000, FLAT, contains),
    case("replace", 1000, NEARLY, replace),
    case("change_keys", 1000, NEARLY, change_keys),
    case("expired_keys", 1000, NEARLY, expired_keys),
    Case { times: Some(SAVEPOINTS), ..case("savepoint_commit", 1000, NEARLY, savepoint_commit) },
    Case { times: Some(SAVEPOINTS), ..case("savepoint_rollback", 1000, NEARLY, savepoint_rollback) },
    case("sessions", 1000, NEARLY, sessions),
    case("append_flush", 500, NEARLY, append_flush),
];

const fn case(
    name: &'static str,
    objects: usize,
    limit: f64,
    run: fn(usize, &mut Watch) -> Outcome<()>,
) -> Case {
    Case { name, objects, times: None, limit, run }
}

/// What a case showed.
pub struct Growth {
    /// Milliseconds for n, 2n and 4n objects; infinite where the case was cut off before.
    pub times: [f64; SIZES.len()],
    /// The growth factor, infinite where the case was cut off.
    pub factor: f64,
}

/// How many objects there are, as multiples of the smallest number.
const SIZES: [usize; 3] = [1, 2, 4];

/// Measures a case. The sizes take turns, so that what the machine does besides meets them alike.
///
/// # Errors
/// What the library says, and results that are wrong.
pub fn measure(case: &Case) -> Outcome<Growth> {
    let started = Instant::now();
    let mut times = [f64::INFINITY; SIZES.len()];
    let mut total = Duration::ZERO;
    for round in 0..ROUNDS {
        if total >= ENOUGH || (round > 0 && started.elapsed() > BUDGET) {
            break;
        }
        for (fastest, size) in times.iter_mut().zip(SIZES) {
            let mut watch = Watch { started, spent: Duration::ZERO };
            match (case.run)(case.objects * size, &mut watch).and_then(|()| watch.check()) {
                Ok(()) => {}
                Err(error) if error.is::<CutOff>() => break,
                Err(error) => return Err(format!("{}: {error}", case.name).into()),
            }
            *fastest = fastest.min(watch.spent.as_secs_f64() * 1e3);
            total += watch.spent;
        }
    }
    let [first, .., last] = times;
    let operations = if case.times.is_some() { 1.0 } else { SIZES[SIZES.len() - 1] as f64 };
    let factor = if last.is_finite() { last / first / operations } else { f64::INFINITY };
    Ok(Growth { times, factor })
}

/// Adds up the time of what counts, and cuts a case off.
struct Watch {
    started: Instant,
    spent: Duration,
}

impl Watch {
    /// Does something that counts.
    fn time<R>(&mut self, part: impl FnOnce() -> Outcome<R>) -> Outcome<R> {
        let start = ThreadTime::now();
        let result = part();
        self.spent += start.elapsed();
        result
    }

    /// Does something that counts for each of the items.
    fn each<I>(
        &mut self,
        items: impl IntoIterator<Item = I>,
        mut f: impl FnMut(I) -> orm::Result<()>,
    ) -> Outcome<()> {
        let start = ThreadTime::now();
        for (at, item) in items.into_iter().enumerate() {
            f(item)?;
            if at % 16 == 0 {
                self.check()?;
            }
        }
        self.spent += start.elapsed();
        Ok(())
    }

    fn check(&self) -> Outcome<()> {
        if self.started.elapsed() > BUDGET { Err(CutOff.into()) } else { Ok(()) }
    }
}

/// A case took too long.
#[derive(Debug)]
struct CutOff;

impl std::fmt::Display for CutOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut off")
    }
}

impl std::error::Error for CutOff {}

/// A session over an empty database of its own.
fn session() -> Outcome<Session> {
    let engine = objects::with_tables(Growing::create_all)?;
    Ok(Session::new(&engine))
}

/// A committed team with that many members, all loaded.
fn team(session: &Session, members: usize) -> Outcome<(Obj<Team>, Vec<Obj<Member>>)> {
    let team = session.add(Team::builder().members((0..members).map(|_| Member::builder())))?;
    session.commit()?;
    check("members", team.members().len()?, members)?;
    let members = team.members().iter()?.collect();
    Ok((team, members))
}

/// New items at the end of a loaded list.
fn list_append(objects: usize, watch: &mut Watch) -> Outcome<()> {
    let session = session()?;
    let (team, _) = team(&session, 0)?;
    watch.each(0..objects, |_| team.members().append(Member::builder()).map(|_| ()))?;
    check("members", team.members().len()?, objects)
}

/// New items into a loaded set.
fn set_append(objects: usize, watch: &mut Watch) -> Outcome<()> {
    let session = session()?;
    let (team, _) = team(&session, 0)?;
    check("things", team.things().len()?, 0)?;
    watch.each(0..objects, |_| team.things().append(Thing::builder()).map(|_| ()))?;
    check("things", team.things().len()?, objects)
}

/// New children get a parent whose list isn't loaded.
fn set_parent(objects: usize, watch: &mut Watch) -> Outcome<()> {
    let session = session()?;
    let team = session.add(Team::builder())?;
    session.commit()?;
    let members: Vec<Obj<Member>> =
        (0..objects).map(|_| Member::builder().into_obj()).collect::<orm::Result<_>>()?;
    watch.each(&members, |member| member.set_team(&team))?;
    check("loaded", team.members().is_loaded()?, false)?;
    session.add_all(&members)?;
    check("members", team.members().len()?, objects)
}

/// Children of a loaded list get another parent, the last one first.
fn move_last(objects: usize, watch: &mut Watch) -> Outcome<()> {
    let session = session()?;
    let (from, members) = team(&session, objects)?;
    let (to, _) = team(&session, 0)?;
    check("members", from.members().len()?, objects)?;
    watch.each(members.iter().rev(), |member| member.set_team(&to))?;
    check("members", [from.members().len()?, to.members().len()?], [0, objects])
}

/// Children of a loaded list get another parent, the first one first.
fn move_first(objects: usize, watch: &mut Watch) -> Outcome<()> {
    let session = session()?;
    let (from, members) = team(&session, objects)?;
    let (to, _) = team(&session, 0)?;
    check("members", from.members().len()?, objects)?;
    watch.each(&members, |member| member.set_team(&to))?;
    check("members", [from.members().len()?, to.members().len()?], [0, objects])
}

/// Items are taken out of a loaded list, the last one each time.
fn remove_last(objects: usize, watch: &mut Watch) -> Outcome<()> {
    let session = session()?;
    let (team, members) = team(&session, objects)?;
    watch.each(members.iter().rev(), |member| team.members().remove(member))?;
    check("members", team.members().len()?, 0)
}

/// A loaded list is asked for each of its items.
fn contains(objects: usize, watch: &mut Watch) -> Outcome<()> {
    let session = session()?;
    let (team, members) = team(&session, objects)?;
    let mut found = 0;
    watch.each(&members, |member| {
        found += usize::from(team.members().contains(member)?);
        Ok(())
    })?;
    check("found", found, objects)
}

/// A loaded list is replaced by as many new items.
fn replace(objects: usize, watch: &mut Watch) -> Outcome<()> {
    let session = session()?;
    let (team, members) = team(&session, objects)?;
    watch.time(|| Ok(team.members().replace((0..objects).map(|_| Member::builder()))?))?;
    check("members", team.members().len()?, objects)?;
    check("an old one", team.members().contains(&members[0])?, false)
}

/// Keys that are texts are changed, then committed.
fn change_keys(objects: usize, watch: &mut Watch) -> Outcome<()> {
    let session = session()?;
    labels(&session, objects)?;
    let labels = session.scalars(select(Label))?.all()?;
    rename(&session, &labels, watch)
}

/// The same where the objects are expired, so that each has to be loaded before its key is changed.
fn expired_keys(objects: usize, watch: &mut Watch) -> Outcome<()> {
    let session = session()?;
    let labels = labels(&session, objects)?;
    rename(&session, &labels, watch)
}

/// That many committed labels.
fn labels(session: &Session, objects: usize) -> Outcome<Vec<Obj<Label>>> {
    let label = |at| session.add(Label::builder().text(format!("old text {at:06}")));
    let labels = (0..objects).map(label).collect::<orm::Result<_>>()?;
    session.commit()?;
    Ok(labels)
}

fn rename(session: &Session, labels: &[Obj<Label>], watch: &mut Watch) -> Outcome<()> {
    let texts: Vec<String> = (0..labels.len()).map(|at| format!("new text {at:06}")).collect();
    watch.each(labels.iter().zip(&texts), |(label, text)| label.set_text(text.as_str()))?;
    watch.time(|| Ok(session.commit()?))?;
    check("found", session.get::<Label>(texts[labels.len() / 2].as_str())?.is_some(), true)
}

/// How many savepoints are set, whatever the number of objects.
const SAVEPOINTS: usize = 200;

/// Savepoints are set and kept, while the session has objects that don't change.
fn savepoint_commit(objects: usize, watch: &mut Watch) -> Outcome<()> {
    let session = session()?;
    let (_team, members) = team(&session, objects)?;
    watch.each(0..SAVEPOINTS, |_| session.begin_nested()?.commit())?;
    check("clean", (members.len(), session.is_dirty()), (objects, false))
}

/// Savepoints are set and taken back, while the session has objects that don't change.
fn savepoint_rollback(objects: usize, watch: &mut Watch) -> Outcome<()> {
    let session = session()?;
    let (_team, members) = team(&session, objects)?;
    watch.each(0..SAVEPOINTS, |_| session.begin_nested()?.rollback())?;
    check("clean", (members.len(), session.is_dirty()), (objects, false))
}

/// Sessions are made, and go in the order in which they came.
fn sessions(objects: usize, watch: &mut Watch) -> Outcome<()> {
    let engine: Engine = objects::with_tables(Growing::create_all)?;
    let mut alive = Vec::with_capacity(objects);
    watch.each(0..objects, |_| {
        alive.push(Session::new(&engine));
        Ok(())
    })?;
    check("alive", alive.len(), objects)?;
    watch.time(|| {
        drop(alive);
        Ok(())
    })
}

/// An item is added and flushed, then the next; nobody holds the items.
fn append_flush(objects: usize, watch: &mut Watch) -> Outcome<()> {
    let session = session()?;
    let (team, _) = team(&session, 0)?;
    watch.each(0..objects, |_| {
        team.members().append(Member::builder())?;
        session.flush()
    })?;
    check("members", team.members().len()?, objects)
}
