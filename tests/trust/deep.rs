//! Conditions that are long or deep, on the stack that a thread has.

use orm::prelude::*;
use orm::{Code, Expr, Result};
use tests::Db;
use tests::models::*;

/// Runs `f` on a stack of the size that threads have.
fn on_a_thread(f: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(f).unwrap().join().unwrap();
}

fn filled() -> Db {
    let db = Db::new();
    let session = db.session();
    session.add(User::builder().name("ed").orders([Order::builder()])).unwrap();
    session.add(User::builder().name("wendy")).unwrap();
    session.commit().unwrap();
    db
}

fn count(session: &Session, condition: &Expr<bool>) -> Result<usize> {
    // Whoever prints or copies it follows it too.
    assert!(!format!("{condition:?}").is_empty());
    Ok(session.scalars(select(User).filter(condition.clone()))?.all()?.len())
}

/// The largest depth at which a condition is taken, which is refused as a query beyond.
fn deepest(session: &Session, of: impl Fn(usize) -> Expr<bool>, right: impl Fn(usize) -> usize) -> usize {
    let is_taken = |depth: usize| match count(session, &of(depth)) {
        Ok(found) => {
            assert_eq!(found, right(depth), "at {depth}");
            true
        }
        Err(error) => {
            assert_eq!(error.code(), Code::Query, "at {depth}: {error}");
            false
        }
    };
    let (mut least, mut most) = (1, 4_000);
    assert!(is_taken(least) && !is_taken(most));
    while most - least > 1 {
        let middle = usize::midpoint(least, most);
        if is_taken(middle) { least = middle } else { most = middle }
    }
    least
}

#[test]
fn conditions_of_one_kind_are_as_long_as_wanted() {
    on_a_thread(|| {
        let db = filled();
        let session = db.session();
        let one = |n: i64| User::id.eq(n);
        for length in [1_000, 5_000] {
            let any = (2..length).fold(one(1), |any, n| any.or(one(n)));
            assert_eq!(count(&session, &any).unwrap(), 2);
            let any = (2..length).fold(one(1), |any, n| one(n).or(any));
            assert_eq!(count(&session, &any).unwrap(), 2);
            let all = (3..length).fold(User::id.ne(2), |all, n| all.and(User::id.ne(n)));
            assert_eq!(count(&session, &all).unwrap(), 1);
            let filters = (3..length).fold(select(User), |select, n| select.filter(User::id.ne(n)));
            assert_eq!(session.scalars(filters).unwrap().all().unwrap().len(), 2);
        }
    });
}

#[test]
fn a_condition_is_as_deep_as_its_bound() {
    on_a_thread(|| {
        let db = filled();
        let session = db.session();
        let alternating = |depth| {
            (0..depth).fold(User::id.eq(1), |condition, n| match n % 2 {
                0 => condition.and(User::name.eq("ed")),
                _ => condition.or(User::name.eq("nobody")),
            })
        };
        assert!(deepest(&session, alternating, |_| 1) > 800);
        let not =
            |depth| (0..depth).fold(User::id.eq(1), |condition: Expr<bool>, _| condition.is_null().not());
        assert!(deepest(&session, not, |_| 2) > 400);
        let any = |depth| {
            (0..depth).fold(Order::id.eq(1), |condition, _| Order::user.has(User::orders.any(condition)))
        };
        let of = |depth| User::orders.any(any(depth));
        assert!(deepest(&session, of, |_| 1) >= 14);
    });
}

#[test]
fn what_is_much_too_deep_is_refused_and_dropped() {
    on_a_thread(|| {
        let db = filled();
        let session = db.session();
        let deep = (0..1_000_000).fold(User::id.eq(1), |condition, n| match n % 2 {
            0 => condition.and(User::name.eq("ed")),
            _ => condition.or(User::name.eq("nobody")),
        });
        assert_eq!(count(&session, &deep).unwrap_err().code(), Code::Query);
        drop((deep.clone(), deep));
        let right = (0..1_000_000).fold(User::id.eq(1), |condition, n| match n % 2 {
            0 => User::name.eq("ed").and(condition),
            _ => User::name.eq("nobody").or(condition),
        });
        assert_eq!(count(&session, &right).unwrap_err().code(), Code::Query);
        let not = (0..1_000_000).fold(User::id.eq(1), |condition: Expr<bool>, _| condition.not());
        assert_eq!(count(&session, &not).unwrap(), 1, "two of them are none");
        let any =
            (0..100_000).fold(User::id.eq(1), |condition, _| User::orders.any(Order::user.has(condition)));
        assert_eq!(count(&session, &any).unwrap_err().code(), Code::Query);
        drop(any);
        assert_eq!(count(&session, &User::id.eq(1)).unwrap(), 1);
    });
}
