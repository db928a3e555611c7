//! Memory: what nobody holds is freed, and nothing is freed that somebody holds.

use std::cell::Cell;

use orm::IntoObj;
use orm::prelude::*;
use orm::{ObjectState, SqlType, Value, ValueError, ValueRef};
use proptest::prelude::{Strategy, any, prop};
use tests::Db;

thread_local! {
    static ALIVE: Cell<isize> = const { Cell::new(0) };
}

/// How many values of the counted type are alive on this thread: as many as there are objects of its class.
fn alive() -> isize {
    ALIVE.with(Cell::get)
}

/// A column type that counts its values.
#[derive(Debug, PartialEq)]
pub struct Counted(i64);

impl Counted {
    fn new(value: i64) -> Self {
        ALIVE.with(|alive| alive.set(alive.get() + 1));
        Counted(value)
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        Counted::new(self.0)
    }
}

impl Default for Counted {
    fn default() -> Self {
        Counted::new(0)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let _ = ALIVE.try_with(|alive| alive.set(alive.get() - 1));
    }
}

impl ColumnType for Counted {
    const SQL_TYPE: SqlType = SqlType::BigInt;
    const NAME: &'static str = "Counted";

    fn to_value(&self) -> Value {
        Value::Int(self.0)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        i64::from_value(value).map(Counted::new)
    }
}

orm::registry!(
    /// The class that is counted.
    pub Zoo
);

#[derive(Table)]
#[mapped(table = "friendship", registry = Zoo)]
pub struct Friendship {
    #[column(primary_key, foreign_key = Thing::id)]
    pub one_id: i64,
    #[column(primary_key, foreign_key = Thing::id)]
    pub other_id: i64,
}

/// A tree with friendships across it.
#[derive(Mapped)]
#[mapped(registry = Zoo)]
pub struct Thing {
    #[column(primary_key)]
    pub id: i64,
    pub counted: Counted,
    #[column(foreign_key = Thing::id, index)]
    pub parent_id: Option<i64>,
    #[column(foreign_key = Thing::id)]
    pub idol_id: Option<i64>,
    #[relationship(back_populates = "parent", foreign_keys = Thing::parent_id, order_by = Thing::id)]
    pub children: Many<Thing>,
    #[relationship(back_populates = "children", foreign_keys = Thing::parent_id, remote_side = Thing::id)]
    pub parent: Option<One<Thing>>,
    #[relationship(foreign_keys = Thing::idol_id, remote_side = Thing::id)]
    pub idol: Option<One<Thing>>,
    #[relationship(
        secondary = Friendship,
        back_populates = "liked_by",
        primaryjoin = Thing::id.eq(Friendship::one_id),
        secondaryjoin = Thing::id.eq(Friendship::other_id)
    )]
    pub likes: Many<Thing>,
    #[relationship(
        secondary = Friendship,
        back_populates = "likes",
        primaryjoin = Thing::id.eq(Friendship::other_id),
        secondaryjoin = Thing::id.eq(Friendship::one_id)
    )]
    pub liked_by: Many<Thing>,
}

fn thing() -> Obj<Thing> {
    Thing::builder().counted(Counted::new(1)).into_obj().unwrap()
}

fn database() -> Db {
    let db = Db::empty();
    Zoo::create_all(&db.engine).unwrap();
    db
}

/// A parent with so many children.
fn family(children: usize) -> Obj<Thing> {
    let parent = thing();
    parent.children().extend((0..children).map(|_| thing())).unwrap();
    parent
}

// ---- transient objects ----

#[test]
fn a_single_object() {
    let object = thing();
    let second = object.clone();
    drop(object);
    assert_eq!(alive(), 1);
    drop(second);
    assert_eq!(alive(), 0);
}

#[test]
fn small_families_are_freed_at_once() {
    for children in [1, 5, 30] {
        let parent = family(children);
        assert_eq!(alive(), 1 + children as isize);
        let child = parent.children().get(children - 1).unwrap().unwrap();
        drop(parent);
        assert_eq!(alive(), 1 + children as isize, "the child leads to its parent, and that to the others");
        assert_eq!(child.parent().unwrap().unwrap().children().len().unwrap(), children);
        drop(child);
        assert_eq!(alive(), 0);
    }
}

#[test]
fn large_families_are_freed_by_the_collector() {
    let parent = family(500);
    drop(parent);
    orm::collect();
    assert_eq!(alive(), 0);
}

#[test]
fn many_large_families_never_pile_up() {
    let mut most = 0;
    for _ in 0..200 {
        drop(family(100));
        most = most.max(alive());
    }
    orm::collect();
    assert_eq!(alive(), 0);
    assert!(most < 40 * 101, "{most} objects at once");
}

/// The collector runs while a handle is dropped. An object that it finds to be reachable counts as any other
/// afterwards.
#[test]
fn what_the_collector_met_while_its_handle_went_is_kept_by_the_next_one() {
    let fans: Vec<_> = (0..40)
        .map(|_| {
            let (idol, fan) = (family(100), thing());
            fan.set_idol(&idol).unwrap();
            fan // only it holds the family: more than one dropped handle looks at
        })
        .collect();
    let idols: Vec<_> = fans.iter().map(|fan| fan.idol().unwrap().unwrap()).collect();
    drop(fans);
    assert_eq!(alive(), 40 * 101);
    for idol in &idols {
        let other = family(100);
        other.set_idol(idol).unwrap();
        drop(other);
        orm::collect();
        assert_eq!(alive(), 40 * 101, "the other family is gone, and no one else");
        assert_eq!(idol.children().len().unwrap(), 100);
    }
    drop(idols);
    orm::collect();
    assert_eq!(alive(), 0);
}

#[test]
fn links_of_an_object_to_itself() {
    let object = thing();
    object.set_parent(&object).unwrap();
    object.likes().append(&object).unwrap();
    drop(object);
    assert_eq!(alive(), 0);
}

#[test]
fn friendships_in_a_ring() {
    let ring: Vec<_> = (0..20).map(|_| thing()).collect();
    for (at, object) in ring.iter().enumerate() {
        object.likes().append(&ring[(at + 1) % ring.len()]).unwrap();
    }
    let one = ring[7].clone();
    drop(ring);
    assert_eq!(alive(), 20);
    assert_eq!(one.liked_by().len().unwrap(), 1);
    drop(one);
    assert_eq!(alive(), 0);
}

#[test]
fn what_is_taken_out_is_freed() {
    let parent = family(3);
    drop(parent.children().pop().unwrap());
    assert_eq!(alive(), 3);
    drop(parent);
    assert_eq!(alive(), 0);
}

#[test]
fn builders_and_values_that_are_never_used() {
    drop(Thing::builder().counted(Counted::new(1)).children([Thing::builder().counted(Counted::new(2))]));
    assert_eq!(alive(), 0);
    drop(family(3).to_value_nested().unwrap());
    assert_eq!(alive(), 0);
}

// ---- persistent objects ----

#[test]
fn clean_objects_go_with_their_handles() {
    let db = database();
    let session = db.session();
    let parent = session.add(family(5)).unwrap();
    session.commit().unwrap();
    assert_eq!(alive(), 0, "expired, and the session holds nothing");
    assert_eq!(parent.children().len().unwrap(), 5);
    assert_eq!(alive(), 6);
    drop(parent);
    assert_eq!(alive(), 0);
    let all = session.scalars(select(Thing)).unwrap().all().unwrap();
    assert_eq!(alive(), 6);
    let first = all[0].clone();
    drop(all);
    assert_eq!(alive(), 1);
    drop(first);
    assert_eq!(alive(), 0);
}

#[test]
fn changed_objects_are_held_until_they_are_written() {
    let db = database();
    let session = db.session();
    session.add(thing()).unwrap();
    assert_eq!(alive(), 1, "new");
    session.flush().unwrap();
    assert_eq!(alive(), 0);
    session.get_one::<Thing>(1).unwrap().set_counted(Counted::new(7)).unwrap();
    assert_eq!(alive(), 1, "changed");
    session.flush().unwrap();
    assert_eq!(alive(), 0);
    session.delete(session.get_one::<Thing>(1).unwrap()).unwrap();
    assert_eq!(alive(), 1, "to be deleted");
    session.flush().unwrap();
    assert_eq!(alive(), 0);
    session.rollback().unwrap();
    assert_eq!(alive(), 0);
}

/// A pair is found to stay for the sake of a third object, which goes later in the same flush.
#[test]
fn a_flush_frees_what_its_last_objects_led_to() {
    let db = database();
    let session = db.session();
    let (parent, fan) = (session.add(thing()).unwrap(), session.add(thing()).unwrap());
    fan.set_idol(parent.children().append(thing()).unwrap()).unwrap();
    drop((parent, fan));
    session.flush().unwrap();
    orm::collect();
    assert_eq!(alive(), 0);
}

#[test]
fn a_rollback_and_a_close_let_go() {
    for close in [false, true] {
        let db = database();
        let session = db.session();
        session.add(family(100)).unwrap();
        session.flush().unwrap();
        session.add(family(100)).unwrap();
        if close {
            session.close().unwrap();
        } else {
            session.rollback().unwrap();
        }
        orm::collect();
        assert_eq!(alive(), 0);
    }
}

#[test]
fn a_dropped_session_lets_go() {
    let db = database();
    let session = db.session();
    let held = session.add(family(2)).unwrap();
    session.add(family(100)).unwrap();
    drop(session);
    orm::collect();
    assert_eq!(alive(), 3);
    assert_eq!(Obj::state(&held), ObjectState::Transient);
    drop(held);
    assert_eq!(alive(), 0);
}

#[test]
fn a_failed_flush_keeps_nothing() {
    let db = database();
    let session = db.session();
    session.add(Thing::builder().id(1).counted(Counted::new(1))).unwrap();
    session.commit().unwrap();
    let many = session.add(family(100)).unwrap();
    many.set_id(1).unwrap();
    drop(many);
    session.flush().unwrap_err();
    session.rollback().unwrap();
    orm::collect();
    assert_eq!(alive(), 0);
}

/// Rows read one after another: families of five, each with its links, and never more than a few at once.
#[test]
fn a_million_rows_one_after_another() {
    // The process' memory is measured: no other test may run beside.
    if std::env::var_os("ALONE").is_none() {
        let alone = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_million_rows_one_after_another", "--nocapture"])
            .env("ALONE", "1")
            .status();
        assert!(alone.unwrap().success());
        return;
    }
    let db = database();
    db.run(
        "insert into thing (id, counted, parent_id)
         with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000)
         select i, i, case when i % 5 = 1 then null else i - (i - 1) % 5 end from n",
    );
    let session = db.session();
    let (mut rows, mut most, mut sum) = (0u64, 0, 0);
    let before = resident();
    session
        .scalars(select(Thing))
        .unwrap()
        .each(|thing| {
            rows += 1;
            sum += thing.counted()?.0;
            most = most.max(alive());
            Ok(())
        })
        .unwrap();
    assert_eq!((rows, sum), (1_000_000, 500_000_500_000));
    assert!(most <= 4, "{most} objects at once");
    let grown = resident().saturating_sub(before);
    assert!(grown < 16 << 20, "grown by {grown} bytes");
    // With the families loaded by one more statement for 500 parents.
    let (mut families, mut most, before_families) = (0, 0, resident());
    session
        .scalars(select(Thing).filter(Thing::parent_id.is_null()).options(selectin(Thing::children)))
        .unwrap()
        .each(|parent| {
            families += 1;
            assert!(parent.children().is_loaded()?);
            assert_eq!(parent.children().len()?, 4);
            most = most.max(alive());
            Ok(())
        })
        .unwrap();
    assert_eq!(families, 200_000);
    assert!(most <= 2_504, "{most} objects at once");
    let grown = resident().saturating_sub(before_families);
    assert!(grown < 8 << 20, "grown by {grown} bytes");
    // With the family loaded each time.
    let (mut families, mut most) = (0, 0);
    session
        .scalars(select(Thing).filter(Thing::parent_id.is_null()).limit(20_000))
        .unwrap()
        .each(|parent| {
            families += 1;
            assert_eq!(parent.children().len()?, 4);
            most = most.max(alive());
            Ok(())
        })
        .unwrap();
    assert_eq!(families, 20_000);
    assert!(most <= 12, "{most} objects at once");
    assert_eq!(alive(), 0);
    let grown = resident().saturating_sub(before);
    assert!(grown < 16 << 20, "grown by {grown} bytes");
}

/// The bytes of memory that the process uses; 0 where the system doesn't tell.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()));
    pages.unwrap_or(0) * 4096
}

// ---- against plain reachability ----

/// What is done to a graph of objects.
#[derive(Clone, Debug)]
enum Step {
    /// Makes one a child of another.
    Parent(usize, usize),
    /// Takes one from its parent.
    Orphan(usize),
    /// Adds a friendship.
    Like(usize, usize),
    /// Ends one.
    Unlike(usize, usize),
    /// Drops the handle.
    Drop(usize),
    /// Takes a handle of one that an object leads to which is held.
    Grab(usize),
    /// Looks at everything that an object leads to.
    Read(usize),
    /// Collects.
    Collect,
}

fn steps(objects: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = (any::<u8>(), 0..objects, 0..objects).prop_map(|(kind, a, b)| match kind % 20 {
        0..=3 => Step::Parent(a, b),
        4 => Step::Orphan(a),
        5..=8 => Step::Like(a, b),
        9 => Step::Unlike(a, b),
        10..=13 => Step::Drop(a),
        14..=15 => Step::Grab(a),
        16..=17 => Step::Read(a),
        _ => Step::Collect,
    });
    prop::collection::vec(step, 1..120)
}

/// The same graph without objects: who leads to whom, and who is held.
#[derive(Clone, Default)]
struct Model {
    parent: Vec<Option<usize>>,
    likes: Vec<Vec<usize>>,
    held: Vec<bool>,
}

impl Model {
    /// Which objects can be reached from those that are held, over links in both directions.
    fn reachable(&self) -> Vec<bool> {
        let mut seen = self.held.clone();
        let mut left: Vec<usize> = (0..seen.len()).filter(|at| seen[*at]).collect();
        while let Some(at) = left.pop() {
            let children = (0..seen.len()).filter(|other| self.parent[*other] == Some(at));
            let fans = (0..seen.len()).filter(|other| self.likes[*other].contains(&at));
            let all: Vec<usize> =
                children.chain(fans).chain(self.parent[at]).chain(self.likes[at].iter().copied()).collect();
            for next in all {
                if !seen[next] {
                    seen[next] = true;
                    left.push(next);
                }
            }
        }
        seen
    }
}

/// Everything that an object leads to.
fn neighbours(object: &Obj<Thing>) -> Vec<Obj<Thing>> {
    let lists = [object.children(), object.likes(), object.liked_by()];
    let mut all: Vec<_> = lists.iter().flat_map(|list| list.iter().unwrap()).collect();
    all.extend(object.parent().unwrap());
    all
}

fn number(object: &Obj<Thing>) -> usize {
    object.counted().unwrap().0 as usize
}

/// Plays the steps on objects without a session, and compares what lives with what can be reached.
fn play(objects: usize, steps: &[Step]) {
    let before = alive();
    let mut handles: Vec<Option<Obj<Thing>>> = (0..objects)
        .map(|at| Some(Thing::builder().counted(Counted::new(at as i64)).into_obj().unwrap()))
        .collect();
    let mut model =
        Model { parent: vec![None; objects], likes: vec![Vec::new(); objects], held: vec![true; objects] };
    let mut remembers = false;
    for step in steps {
        match *step {
            Step::Parent(a, b) => {
                if let (Some(a_), Some(b_)) = (&handles[a], &handles[b]) {
                    remembers |= model.parent[a].is_some();
                    a_.set_parent(b_).unwrap();
                    model.parent[a] = Some(b);
                }
            }
            Step::Orphan(a) => {
                if let Some(a_) = &handles[a] {
                    remembers |= model.parent[a].is_some();
                    a_.set_parent(None).unwrap();
                    model.parent[a] = None;
                }
            }
            Step::Like(a, b) => {
                if let (Some(a_), Some(b_)) = (&handles[a], &handles[b])
                    && !model.likes[a].contains(&b)
                {
                    a_.likes().append(b_).unwrap();
                    model.likes[a].push(b);
                }
            }
            Step::Unlike(a, b) => {
                if let (Some(a_), Some(b_)) = (&handles[a], &handles[b])
                    && model.likes[a].contains(&b)
                {
                    remembers = true;
                    b_.liked_by().remove(a_).unwrap();
                    model.likes[a].retain(|other| *other != b);
                }
            }
            Step::Drop(a) => {
                handles[a] = None;
                model.held[a] = false;
            }
            Step::Grab(a) => {
                let mut known = handles.iter().flatten().flat_map(neighbours);
                if let Some(grabbed) = known.find(|one| number(one) == a) {
                    drop(known);
                    handles[a] = Some(grabbed);
                    model.held[a] = true;
                }
            }
            Step::Read(a) => {
                handles[a].iter().flat_map(neighbours).flat_map(|one| neighbours(&one)).for_each(drop)
            }
            Step::Collect => orm::collect(),
        }
        if !matches!(step, Step::Drop(_) | Step::Collect) {
            continue;
        }
        // Never freed early: what is held shows all of its links.
        for (at, handle) in handles.iter().enumerate() {
            let Some(handle) = handle else { continue };
            assert_eq!(handle.parent().unwrap().as_ref().map(number), model.parent[at]);
            let likes: Vec<usize> = handle.likes().iter().unwrap().map(|one| number(&one)).collect();
            assert_eq!(likes, model.likes[at]);
        }
        let reachable = model.reachable().iter().filter(|at| **at).count() as isize;
        assert!(alive() - before >= reachable, "freed early");
        // Small groups go with the last handle, large ones with the next collection.
        if !remembers && (objects <= 30 || matches!(step, Step::Collect)) {
            assert_eq!(alive() - before, reachable, "not freed");
        }
    }
    drop(handles);
    orm::collect();
    assert_eq!(alive(), before, "not freed in the end");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn as_plain_reachability_says(objects in 2usize..30, steps in steps(30)) {
        let steps: Vec<Step> = steps.into_iter().map(|step| match step {
            Step::Parent(a, b) => Step::Parent(a % objects, b % objects),
            Step::Orphan(a) => Step::Orphan(a % objects),
            Step::Like(a, b) => Step::Like(a % objects, b % objects),
            Step::Unlike(a, b) => Step::Unlike(a % objects, b % objects),
            Step::Drop(a) => Step::Drop(a % objects),
            Step::Grab(a) => Step::Grab(a % objects),
            Step::Read(a) => Step::Read(a % objects),
            other => other,
        }).collect();
        play(objects, &steps);
    }

    #[test]
    fn as_plain_reachability_says_of_large_graphs(steps in steps(100)) {
        play(100, &steps);
    }
}

/// The same with a session: objects are stored, loaded and changed, and in the end nothing is left.
#[test]
fn sessions_leave_nothing_behind() {
    let db = database();
    for round in 0..20u64 {
        let session = db.session();
        let mut seed = round.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed % below as u64) as usize
        };
        let mut held: Vec<Obj<Thing>> = (0..30).map(|_| session.add(thing()).unwrap()).collect();
        session.commit().unwrap();
        for _ in 0..200 {
            if held.len() < 2 {
                held = session.scalars(select(Thing)).unwrap().all().unwrap();
            }
            let (a, b) = (held[next(held.len())].clone(), held[next(held.len())].clone());
            match next(9) {
                0 | 1 if a.id().unwrap() > b.id().unwrap() => a.set_parent(&b).unwrap(),
                2 if !a.likes().contains(&b).unwrap() => drop(a.likes().append(&b).unwrap()),
                3 => a.likes().clear().unwrap(),
                4 => drop(held.swap_remove(next(held.len()))),
                5 => session.flush().unwrap(),
                6 => session.commit().unwrap(),
                7 => session.rollback().unwrap(),
                _ => drop(a.children().iter().unwrap().map(|child| child.counted().unwrap().0).sum::<i64>()),
            }
        }
        session.commit().unwrap();
        drop(held);
        orm::collect();
        assert_eq!(alive(), 0, "round {round}");
        drop(session);
        db.run("delete from friendship; delete from thing");
    }
}

/// A flush of new objects, of which only some are held, keeps what these lead to, each for one row, and nothing else.
#[test]
fn a_flush_keeps_what_can_be_reached() {
    let db = database();
    let session = db.session();
    for round in 1..400u64 {
        let mut seed = round.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed % below as u64) as usize
        };
        let objects = 2 + next(12);
        let mut handles: Vec<_> = (0..objects).map(|_| Some(thing())).collect();
        let mut links: Vec<(usize, usize)> = Vec::new();
        for _ in 0..next(objects * 2) {
            let (a, b) = (next(objects), next(objects));
            let (Some(from), Some(to)) = (&handles[a], &handles[b]) else { continue };
            match next(3) {
                // A row waits for the one that it refers to: no rings.
                0 if a > b && from.parent().unwrap().is_none() => {
                    from.set_parent(to).unwrap();
                    links.extend([(a, b), (b, a)]);
                }
                1 if a > b && from.idol().unwrap().is_none() => {
                    from.set_idol(to).unwrap();
                    links.push((a, b));
                }
                2 if !from.likes().contains(to).unwrap() => {
                    from.likes().append(to).unwrap();
                    links.extend([(a, b), (b, a)]);
                }
                _ => {}
            }
        }
        while handles
            .iter()
            .any(|handle| handle.as_ref().is_some_and(|one| Obj::state(one) != ObjectState::Pending))
        {
            session.add(handles[next(objects)].as_ref().unwrap()).unwrap();
        }
        let ids: Vec<bool> = (0..objects).map(|_| next(3) == 0).collect();
        handles.iter_mut().zip(&ids).filter(|(_, held)| !**held).for_each(|(handle, _)| *handle = None);
        let mut reached = ids;
        while let Some((_, to)) = links.iter().find(|(from, to)| reached[*from] && !reached[*to]) {
            reached[*to] = true;
        }
        session.flush().unwrap();
        orm::collect();
        let expected = reached.iter().filter(|reached| **reached).count() as isize;
        assert_eq!(alive(), expected, "round {round}");
        for held in handles.iter().flatten() {
            let likes = held.likes().iter().unwrap().chain(held.children().iter().unwrap());
            for one in likes.chain(held.parent().unwrap()).chain(held.idol().unwrap()).chain([held.clone()]) {
                assert_eq!(session.get_one::<Thing>(one.id().unwrap()).unwrap(), one, "round {round}");
            }
        }
        assert_eq!(alive(), expected, "round {round}: every object was found");
        drop(handles);
        session.rollback().unwrap();
        assert_eq!(alive(), 0, "round {round}");
    }
}
