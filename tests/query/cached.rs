//! Queries that ran before: their statements are found by their shapes, and are right for other values.

use expect_test::expect;
use orm::__private::statements_built;
use orm::prelude::*;
use orm::{
    Lazy, OptionOf, Select, Session, Value, all, batch, contains_eager, defer, immediate, joined, load_only,
    noload, raise, selectin, subquery, undefer,
};
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
        same("tuples", |n| {
            select(User::id).filter(tuple_((User::id, User::name)).in_([
                (n, "ed"),
                (n + 1, "jack"),
                (3, "mary"),
            ]))
        }),
        same("many tuples", |n| {
            select(User::id)
                .filter(tuple_((User::id, User::id)).not_in((0..12).map(|at| (n, at))))
                .order_by(User::id)
        }),
        same("tuples of a query", |n| {
            let rows = select((Address::user_id, Address::id)).filter(Address::id.gt(n));
            select(User::id).filter(tuple_((User::id, User::id + n)).in_(rows)).order_by(User::id)
        }),
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
        select((Node::id, Node::id)).filter(tuple_((Node::id, Node::id)).in_([(1, 1), (2, 2)])),
        select((Node::id, Node::id)).filter(tuple_((Node::id, Node::id)).in_([(1, 1), (2, 2), (3, 3)])),
        select((Node::id, Node::id)).filter(tuple_((Node::id, Node::id, 3)).in_([(1, 1, 3), (2, 2, 3)])),
        select((Node::id, Node::id)).filter(tuple_((Node::id, Node::id)).eq((1, 1))),
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

/// The same with objects and what is loaded with them, each time in a new session. The query is given a user too.
fn same_objects(what: &str, query: impl Fn(i64, &Obj<User>) -> Select<Obj<User>>) -> u64 {
    let [(kept, _first), (built, _second)] = sessions();
    let mut count = 0;
    for (run, number) in [1, 2, 0, 3, 1, 40].into_iter().enumerate() {
        let told = |db: &Db| {
            let session = db.session();
            let other = session.get::<User>(1 + number % 3).unwrap().unwrap();
            let query = query(number, &other);
            db.sql();
            let before = statements_built();
            let users = session.scalars(query).unwrap().all().unwrap();
            let built = statements_built() - before;
            let mut told = db.sql();
            for user in &users {
                let any = Obj::any(user);
                for name in ["addresses", "orders", "profile"] {
                    told.push_str(&format!("{user:?}.{name}: {:?}\n", any.peek_related(name).unwrap()));
                }
                told.push_str(&format!("{:?}\n{}", user.fullname().map_err(|error| error.code()), db.sql()));
            }
            (told, built)
        };
        let ((rows, built_now), (expected, built_there)) = (told(&kept), told(&built));
        assert_eq!(rows, expected, "{what} of {number}");
        assert_eq!((run > 0 && built_now > 0, built_there), (false, 1), "{what} of {number}");
        count += built_now;
    }
    count
}

#[test]
fn options_are_a_part_of_the_shape() {
    let by_id = |n: i64| select(User).filter(User::id.ge(n)).order_by(User::id);
    type Kind = (&'static str, fn() -> OptionOf<User>);
    let mut kinds: Vec<Kind> = vec![
        ("selectin", || OptionOf::new(selectin(User::addresses))),
        ("joined", || OptionOf::new(joined(User::addresses))),
        ("immediate", || OptionOf::new(immediate(User::addresses))),
        ("subquery", || OptionOf::new(subquery(User::addresses))),
        ("batch", || OptionOf::new(batch(User::addresses))),
        ("raise", || OptionOf::new(raise(User::addresses))),
        ("noload", || OptionOf::new(noload(User::addresses))),
        ("all", || OptionOf::new(all(Lazy::SelectIn))),
        ("inner", || OptionOf::new(joined(User::orders).inner())),
        ("inner_unnested", || OptionOf::new(joined(User::orders).inner_unnested())),
        ("outer", || OptionOf::new(joined(User::orders).outer())),
        ("a path", || OptionOf::new(selectin(User::orders).joined(Order::items))),
        ("within", || OptionOf::new(joined(User::orders).options(selectin(Order::items)))),
        ("load_only", || OptionOf::new(load_only(User::name))),
        ("defer", || OptionOf::new(defer(User::fullname))),
        ("undefer", || OptionOf::new(undefer(User::fullname))),
    ];
    kinds.rotate_left(3);
    for (name, option) in &kinds {
        assert_eq!(same_objects(name, |n, _| by_id(n).options(option())), 1, "{name}");
        assert_eq!(same_objects(name, |n, _| by_id(0).limit(n).options(option())), 1, "{name} of a limit");
    }
    // None is taken for another one.
    let [(kept, first), (built, second)] = sessions();
    for _ in 0..2 {
        for (name, option) in &kinds {
            for session in [&first, &second] {
                session.expunge_all();
                session.scalars(by_id(0).options(option())).unwrap().all().unwrap();
            }
            assert_eq!(kept.sql(), built.sql(), "{name}");
        }
    }
}

#[test]
fn conditions_of_options_are_bound() {
    let users = || select(User).order_by(User::id);
    let emails = |n: i64| ["ed@x", "jack@x", "%", ""][n as usize % 4];
    let all = [
        same_objects("joined", |n, _| users().options(joined(User::addresses).and(Address::id.gt(n)))),
        same_objects("selectin", |n, _| users().options(selectin(User::addresses).and(Address::id.gt(n)))),
        same_objects("twice", |n, _| {
            users()
                .options((
                    joined(User::addresses).and(Address::id.gt(n)),
                    joined(User::orders).joined(Order::items).and(Item::id.ne(n)),
                ))
                .with_criteria(Address, Address::email.ne(emails(n)))
        }),
        same_objects("a class", |n, _| {
            users().join(User::addresses).with_criteria(Address, Address::email.ne(emails(n)))
        }),
        same_objects("texts", |n, _| {
            users().options(joined(User::addresses).and(Address::email.contains(emails(n))))
        }),
        same_objects("what is asked", |n, _| {
            users().options(joined(User::orders).and(Order::items.any(Item::id.gt(n))))
        }),
        same_objects("a query", |n, _| {
            let inner = select(Item::id).filter(Item::id.gt(n));
            users().options(joined(User::orders).and(Order::id.in_(inner)))
        }),
        same_objects("an object", |n, user| {
            users().limit(n).options(joined(User::addresses).and(Address::user.is(user)))
        }),
        same_objects("contains_eager", |n, _| {
            let address = aliased(Address);
            users()
                .join(User::addresses.to(address))
                .filter(address.of(Address::id).gt(n))
                .options(contains_eager(User::addresses.to(address)))
        }),
        same_objects("of an alias", |n, _| {
            let user = aliased(User);
            select(user).filter(user.of(User::id).gt(n)).options(selectin(user.of(User::addresses)))
        }),
        same_objects("overwritten", |n, _| {
            users().filter(User::id.ge(n)).options(selectin(User::addresses)).populate_existing()
        }),
    ];
    assert_eq!(all, [1; 11]);
}

#[test]
fn objects_in_conditions_are_read_when_the_statement_runs() {
    let all = [
        same_objects("is", |_, user| select(User).filter(User::addresses.any(Address::user.is(user)))),
        same_objects("is not", |_, user| select(User).filter(!User::orders.any(Order::user.is(user)))),
        same_objects("an order", |n, user| {
            select(User).join(User::orders).filter(Order::user.is(user) & Order::id.gt(n))
        }),
        same_objects("a parent", |_, user| {
            select(User).join(User::addresses).filter(with_parent(user, User::addresses))
        }),
    ];
    assert_eq!(all, [1; 4]);
    let [(kept, first), (built, second)] = sessions();
    // The key isn't known before it is written, and there is none after it is taken away.
    for round in 0..2 {
        for session in [&first, &second] {
            let order = session.get::<Order>(1).unwrap().unwrap();
            let owner = |order: &Obj<Order>| {
                session
                    .scalars(select(User::name).filter(User::orders.contains(order)))
                    .unwrap()
                    .all()
                    .unwrap()
            };
            let before = owner(&order);
            order.set_user(None).unwrap();
            assert_eq!(owner(&order), Vec::<String>::new());
            let opposite = select(User::id).filter(!User::orders.contains(&order));
            assert_eq!(session.scalars(opposite).unwrap().all().unwrap().len(), 3);
            let user = session.get::<User>(1 + round).unwrap().unwrap();
            order.set_user(&user).unwrap();
            assert_eq!((before.len(), owner(&order).len()), (1, 1));
            let new = Order::builder().into_obj().unwrap();
            let items = select(Item::id).filter(with_parent(&new, Order::items));
            assert_eq!(
                session.scalars(items).and_then(|rows| rows.all()).map_err(|error| error.code()),
                Err(orm::Code::Unset)
            );
        }
        assert_eq!(kept.sql(), built.sql());
    }
}

#[test]
fn texts_are_looked_for_by_what_the_database_is_given() {
    let long = "e".repeat(30_000);
    let texts = |n: i64| match n {
        0 => "",
        1 => "e",
        2 => "-%_",
        3 => long.as_str(),
        _ => "a\0b",
    };
    same("starts", |n| select(User::id).filter(User::name.starts_with(texts(n))));
    same("ends", |n| select(User::id).filter(User::name.ends_with(texts(n))));
    same("contains", |n| select(User::id).filter(User::name.contains(texts(n))));
    same("not", |n| select(User::id).filter(!User::name.contains(texts(n)) & User::id.gt(n)));
    let plain = ["e", "ed", "x%", "_", "jack"];
    let of = |n: i64| plain[n as usize % 5];
    let none = [
        same("starts", |n| select(User::id).filter(User::name.starts_with(of(n)))),
        same("ends", |n| select(User::id).filter(User::name.ends_with(of(n)) | User::id.eq(n))),
        same("contains", |n| select(User::id).filter(!User::name.contains(of(n)))),
        same("in the order", |n| select(User::id).order_by((User::name.contains(of(n)).desc(), User::id))),
        same("ilike", |n| select(User::id).filter(User::name.ilike(of(n)))),
        same("ordered sets", |n| {
            let other = select(Order::id).filter(Order::id.ge(n));
            select(User::id).filter(User::id.eq(n)).union_all(other).order_by(User::id).limit(n)
        }),
    ];
    assert_eq!(none, [0; 6]);
}

#[test]
fn plain_values_with_options() {
    let [(kept, first), (built, second)] = sessions();
    let before = statements_built();
    for number in [0, 1, 2, 1] {
        let query = || select(User).filter(User::id.ge(number)).order_by(User::id);
        for with in [false, true] {
            let told = |session: &Session| {
                let query = match with {
                    true => query().options((joined(User::addresses), selectin(User::orders))),
                    false => query(),
                };
                format!("{:?}", session.values(query).unwrap().all().unwrap())
            };
            assert_eq!(told(&first), told(&second));
            assert_eq!(kept.sql(), built.sql());
        }
    }
    // Two that are kept, and eight that are built each time.
    assert_eq!(statements_built() - before, 2 + 8);
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
