//! Queries that ran before: their statements are found by their shapes, and are right for other values.

use expect_test::expect;
use orm::__private::statements_built;
use orm::prelude::*;
use orm::{Select, Session, Value};
use tests::models::*;
use tests::{Db, filled};

/// Two sessions with the same rows: statements of the first are kept, those of the other aren't.
fn sessions() -> [(Db, Session); 2] {
    let (kept, built) = (filled(), filled());
    built.engine.query_cache_size(0);
    [kept, built].map(|db| {
        let session = db.session();
        (db, session)
    })
}

/// Runs the query of each number twice, and says how many statements were built for those after the first. Statements,
/// values and rows are those of queries that are built each time.
fn same<R: orm::Row + std::fmt::Debug>(what: &str, query: impl Fn(i64) -> Select<R>) -> u64 {
    let [(kept, first), (built, second)] = sessions();
    let mut count = 0;
    for number in [1, 2, 0, 3, 1, 40] {
        let before = statements_built();
        let rows = first.execute(query(number)).unwrap().all();
        count += if number == 1 && count == 0 { 0 } else { statements_built() - before };
        let expected = second.execute(query(number)).unwrap().all();
        assert_eq!(format!("{rows:?}"), format!("{expected:?}"), "{what} of {number}");
        assert_eq!(kept.sql(), built.sql(), "{what} of {number}");
    }
    count
}

#[test]
fn a_statement_is_built_once_for_all_values() {
    let none = [
        same("a key", |n| select(User).filter(User::id.eq(n))),
        same("columns", |n| select((User::id, User::name)).filter(User::id.gt(n)).order_by(User::id.desc())),
        same("a limit", |n| select(User::id).order_by(User::id).limit(n).offset(n - n / 2)),
        same("a range", |n| select(Item::id).filter(Item::id.between(n, n + 1) | Item::name.eq("cup"))),
        same("texts", |n| {
            select(User::id).filter(User::name.like(format!("%{}%", ["e", "a"][n as usize % 2])))
        }),
        same("a few values", |n| select(User::id).filter(User::id.in_([n, n + 1, 7]))),
        same("a list", |n| select(User::id).filter(User::id.in_(n..n + 9 + n % 2)).order_by(User::id)),
        same("not in a list", |n| select(User::id).filter(User::id.not_in(n..n + 20)).order_by(User::id)),
        same("arithmetic", |n| select(((User::id + n) * 2, User::name.concat("!")))),
        same("cases", |n| select(case().when(User::id.gt(n), "more").otherwise("less"))),
        same("functions", |n| {
            let total = func::count(Address::id).label("total");
            select((User::name, &total))
                .join(User::addresses)
                .group_by(User::id)
                .having(func::count(Address::id).gt(n))
                .order_by(&total)
        }),
        same("what is related", |n| {
            select(User::id).filter(User::orders.any(Order::id.gt(n))).order_by(User::id)
        }),
        same("queries", |n| {
            let inner = select(Address::user_id).filter(Address::id.gt(n));
            select(User::id).filter(User::id.in_(inner)).order_by(User::id)
        }),
        same("subqueries", |n| {
            let inner = select((Address::user_id, Address::id)).filter(Address::id.gt(n)).subquery("inner");
            select((User::name, inner.of(Address::id)))
                .join(inner.on(inner.of(Address::user_id).eq(User::id)))
                .filter(User::id.ne(n + 1))
                .order_by(inner.of(Address::id))
        }),
        same("common tables", |n| {
            let below = select(Node::id)
                .filter(Node::id.eq(n))
                .cte("below")
                .recursive(|below| select(Node::id).join(below.on(below.of(Node::id).eq(Node::parent_id))));
            select(below.of(Node::id)).from(&*below).order_by(below.of(Node::id))
        }),
        same("rows of values", |n| {
            let rows = orm::values("rows", ["a", "b"], [(n, "x"), (n + 1, "y")]);
            select((rows.column::<i64>("a"), rows.column::<String>("b"))).from(&rows)
        }),
        same("aliases", |n| {
            let (parent, child) = (aliased(Node), aliased(Node));
            select((parent.of(Node::id), child.of(Node::id)))
                .from(parent)
                .join(parent.of(Node::children).to(child))
                .filter(parent.of(Node::id).ge(n))
                .order_by((parent.of(Node::id), child.of(Node::id)))
        }),
        same("sql", |n| {
            select(text::<i64>("id + ?").bind(n)).from(User).filter(text::<bool>("id > ?").bind(n))
        }),
        same("set operations", |n| {
            select(User::id).filter(User::id.eq(n)).union_all(select(Order::id).filter(Order::id.eq(n)))
        }),
        same("windows", |n| {
            select((User::id, func::row_number().over(window().order_by(User::id)))).filter(User::id.gt(n))
        }),
        same("names", |n| {
            let user = Models::mapper("User").unwrap().entity();
            let id = user.attr("id").unwrap();
            select(vec![orm::Selected::from(&user)]).filter(id.eq(Value::Int(n)))
        }),
    ];
    assert_eq!(none.iter().sum::<u64>(), 0, "{none:?}");
}

#[test]
fn what_differs_is_another_statement() {
    let [(kept, first), (built, second)] = sessions();
    let (one, other) = (aliased(Node), aliased(Node));
    let pairs =
        || select((one.of(Node::id), other.of(Node::id))).from(one).join(one.of(Node::children).to(other));
    let label = || (Node::id + 1).label("next");
    let queries: Vec<Select<(i64, i64)>> = vec![
        pairs().filter(one.of(Node::id).gt(1)),
        pairs().filter(other.of(Node::id).gt(2)),
        select((other.of(Node::id), one.of(Node::id))).from(one).join(one.of(Node::children).to(other)),
        select((Node::id, &label())).order_by(Node::id + 1),
        // Of the same parts, but it isn't the item that it is ordered by.
        select((Node::id, &label())).order_by((Node::id * -1) + 1),
        select((Node::id, &label())).order_by(Node::id + 2),
        select((Node::id, Node::id)).filter(Node::name.eq(None)),
        select((Node::id, Node::id)).filter(Node::name.eq("root")),
        select((Node::id, Node::id)).filter(Node::name.ne("root")),
        select((Node::id, Node::id)).order_by(Node::id.desc()),
        select((Node::id, Node::id)).order_by(Node::id).limit(1),
        select((Node::id, Node::id)).order_by(Node::id).offset(1),
        select((Node::id, Node::id)).distinct(),
        select((Node::id, func::count_all())).group_by(Node::id),
        select((User::id, Order::id)).join(User::orders),
        select((User::id, Order::id)).outer_join(User::orders).filter(Order::id.gt(0)),
        select((Order::id, User::id)).join(Order::user),
        select((User::id, User::id)).filter(User::orders.any_item()),
        select((User::id, User::id)).filter(User::addresses.any_item()),
        select((User::id, User::id)).filter(!User::addresses.any_item()),
        select((User::id, User::id)).union(select((Node::id, Node::id))),
        select((User::id, User::id)).except(select((Node::id, Node::id))),
    ];
    for _ in 0..2 {
        for query in &queries {
            let (rows, expected) =
                (first.execute(query).unwrap().all(), second.execute(query).unwrap().all());
            assert_eq!(format!("{rows:?}"), format!("{expected:?}"), "{query:?}");
            assert_eq!(kept.sql(), built.sql());
        }
    }
}

#[test]
fn what_is_known_only_when_it_runs_is_asked_then() {
    let (_db, session) = super::session();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    let counts = |user: &Obj<User>| {
        let of = session.scalars(select(Address).filter(with_parent(user, User::addresses))).unwrap();
        let is = session.scalars(select(Address).filter(Address::user.is(user))).unwrap();
        assert_eq!(of.all().unwrap(), is.all().unwrap());
        session.scalars(select(Address::id).filter(Address::user.is(user))).unwrap().count().unwrap()
    };
    assert_eq!(users.iter().map(counts).collect::<Vec<_>>(), [2, 1, 0]);
    let narrow = |email: &str| {
        let query = select(User).order_by(User::id).with_criteria(Address, Address::email.eq(email));
        let query = query.options(selectin(User::addresses)).populate_existing();
        session.expire_all().unwrap();
        let users = session.scalars(query).unwrap().all().unwrap();
        users.iter().map(|user| user.addresses().len().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((narrow("ed@x"), narrow("jack@x"), narrow("")), (vec![1, 0, 0], vec![0, 1, 0], vec![0, 0, 0]));
    let other = filled();
    let there = other.session();
    other.run("DELETE FROM address");
    let query = select(Address::id).filter(Address::id.gt(0));
    assert_eq!(session.scalars(&query).unwrap().all().unwrap().len(), 3);
    assert_eq!(there.scalars(&query).unwrap().all().unwrap().len(), 0, "another engine");
}

#[test]
fn no_more_are_kept_than_allowed() {
    let (_db, session) = super::session();
    let query = |count: i64| {
        let all = (0..count).fold(select(User::id), |query, n| query.filter(User::id.ne(-n - 1)));
        session.scalars(all).unwrap().all().unwrap().len()
    };
    // More shapes than are kept, and one that is used again and again.
    for count in 0..700 {
        assert_eq!((query(count), query(3)), (3, 3));
    }
    let before = statements_built();
    assert_eq!(query(3), 3);
    assert_eq!(statements_built(), before);
    query(1);
    expect!["1"].assert_eq(&(statements_built() - before).to_string());
}
