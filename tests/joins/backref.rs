//! Reverse sides that a relationship makes on the other class, by `backref`.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, Collection, Related};
use tests::{Db, code};

/// One to many: the reverse side leads to one object, required where the key is.
mod posts {
    use orm::prelude::*;

    orm::registry!(pub Posts);

    #[derive(Mapped, Default)]
    #[mapped(registry = Posts)]
    pub struct Author {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        #[relationship(
            backref(name = "author", lazy = "joined", innerjoin, cascade = "save-update, merge, expunge"),
            foreign_keys = Post::author_id,
            order_by = Post::id,
            cascade = "all, delete-orphan"
        )]
        pub posts: Many<Post>,
        #[relationship(backref = "editor", foreign_keys = Post::editor_id)]
        pub edited: ManySet<Post>,
    }

    #[derive(Mapped, Default)]
    #[mapped(registry = Posts)]
    pub struct Post {
        #[column(primary_key)]
        pub id: i64,
        pub title: String,
        #[column(foreign_key = Author::id)]
        pub author_id: i64,
        #[column(foreign_key = Author::id)]
        pub editor_id: Option<i64>,
    }
}

/// Many to one, one to one, and many to many.
mod shop {
    use orm::prelude::*;

    orm::registry!(pub Shop);

    #[derive(Mapped, Default)]
    #[mapped(registry = Shop)]
    pub struct Customer {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
    }

    #[derive(Mapped, Default)]
    #[mapped(registry = Shop)]
    pub struct Order {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Customer::id)]
        pub customer_id: Option<i64>,
        #[relationship(backref(name = "orders", lazy = "selectin", order_by = Order::id.desc()))]
        pub customer: Option<One<Customer>>,
        #[relationship(secondary = OrderItem, backref(name = "orders", set, order_by = Order::id), order_by = Item::id)]
        pub items: Many<Item>,
    }

    #[derive(Mapped, Default)]
    #[mapped(registry = Shop)]
    pub struct Item {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
    }

    #[derive(Table)]
    #[mapped(registry = Shop)]
    pub struct OrderItem {
        #[column(primary_key, foreign_key = Order::id)]
        pub order_id: i64,
        #[column(primary_key, foreign_key = Item::id)]
        pub item_id: i64,
    }

    #[derive(Mapped, Default)]
    #[mapped(registry = Shop)]
    pub struct Receipt {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Order::id)]
        pub order_id: i64,
        #[relationship(backref(name = "receipt", one))]
        pub order: One<Order>,
    }

    /// Its reverse sides aren't loaded.
    #[derive(Mapped, Default)]
    #[mapped(registry = Shop)]
    pub struct Visit {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Customer::id)]
        pub customer_id: Option<i64>,
        #[column(foreign_key = Item::id)]
        pub item_id: Option<i64>,
        #[relationship(backref(name = "visits", dynamic, order_by = Visit::id))]
        pub customer: Option<One<Customer>>,
        #[relationship(backref(name = "visits", write_only))]
        pub item: Option<One<Item>>,
    }
}

/// A class that leads to itself, from either side, and by a composite key.
mod trees {
    use orm::prelude::*;

    orm::registry!(pub Trees);

    #[derive(Mapped, Default)]
    #[mapped(registry = Trees)]
    pub struct Node {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Node::id)]
        pub parent_id: Option<i64>,
        #[relationship(backref(name = "parent", remote_side = Node::id), order_by = Node::id)]
        pub children: Many<Node>,
    }

    #[derive(Mapped, Default)]
    #[mapped(registry = Trees, foreign_key(columns(org, boss), references(Staff::org, Staff::num)))]
    pub struct Staff {
        #[column(primary_key)]
        pub org: i64,
        #[column(primary_key)]
        pub num: i64,
        pub boss: Option<i64>,
        #[relationship(
            backref(name = "reports", order_by = Staff::num),
            foreign_keys = Staff::boss,
            remote_side = (Staff::org, Staff::num)
        )]
        pub manager: Option<One<Staff>>,
    }

    #[derive(Mapped, Default)]
    #[mapped(registry = Trees)]
    pub struct Page {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(
            secondary = Link,
            primaryjoin = Page::id.eq(Link::from_id),
            secondaryjoin = Link::to_id.eq(Page::id).and(Link::kind.eq("see")),
            viewonly,
            order_by = Page::id,
            backref(name = "seen_from", order_by = Page::id)
        )]
        pub sees: Many<Page>,
    }

    #[derive(Mapped, Default)]
    #[mapped(registry = Trees)]
    pub struct Link {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Page::id)]
        pub from_id: i64,
        #[column(foreign_key = Page::id)]
        pub to_id: i64,
        pub kind: String,
    }
}

/// Conditions of the user's own, without a foreign key; and a class by name.
mod hosts {
    use orm::AnyClass;
    use orm::prelude::*;

    orm::registry!(pub Hosts);

    #[derive(Mapped, Default)]
    #[mapped(registry = Hosts)]
    pub struct Host {
        #[column(primary_key)]
        pub id: i64,
        pub ip: String,
        #[relationship(
            primaryjoin = Host::ip.eq(Visit::ip.foreign()).and(Visit::what.ne("ping")),
            backref = "host",
            order_by = Visit::id
        )]
        pub visits: Many<Visit>,
        #[relationship(target = "Note", backref(name = "host", lazy = "joined"))]
        pub notes: Many<AnyClass>,
    }

    #[derive(Mapped, Default)]
    #[mapped(registry = Hosts)]
    pub struct Visit {
        #[column(primary_key)]
        pub id: i64,
        pub what: String,
        pub ip: Option<String>,
    }

    #[derive(Mapped, Default)]
    #[mapped(registry = Hosts)]
    pub struct Note {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Host::id)]
        pub host_id: i64,
    }
}

fn ids<T: Mapped>(all: Collection<T>) -> Vec<i64> {
    let id = |one: Obj<T>| match Obj::any(&one).get("id").unwrap() {
        orm::Value::Int(id) => id,
        other => panic!("{other:?}"),
    };
    all.iter().unwrap().map(id).collect()
}

fn posts() -> Db {
    let db = Db::empty();
    posts::Posts::create_all(&db.engine).unwrap();
    db.run("INSERT INTO author VALUES (1, 'ann'), (2, 'bob')");
    db.run("INSERT INTO post VALUES (1, 'one', 1, 2), (2, 'two', 1, NULL), (3, 'three', 2, 2)");
    db.sql();
    db
}

#[test]
fn one_object_over_a_key() {
    use posts::*;
    let db = posts();
    let session = db.session();
    let post = session.get_one::<Post>(1).unwrap();
    let ann: Obj<Author> = post.author().unwrap();
    let bob: Option<Obj<Author>> = post.editor().unwrap();
    assert_eq!((ann.name().unwrap(), bob.unwrap().name().unwrap()), ("ann".into(), "bob".into()));
    let second = session.get_one::<Post>(2).unwrap();
    assert_eq!(second.editor().unwrap(), None);
    assert_eq!(ids(ann.posts()), [1, 2]);
    expect![[r#"
        SELECT "post"."id", "post"."title", "post"."author_id", "post"."editor_id", "author_1"."id", "author_1"."name" FROM "post" JOIN "author" AS "author_1" ON "author_1"."id" = "post"."author_id" WHERE "post"."id" = ? [1]
        SELECT "id", "name" FROM "author" WHERE "id" = ? [2]
        SELECT "post"."id", "post"."title", "post"."author_id", "post"."editor_id", "author_1"."id", "author_1"."name" FROM "post" JOIN "author" AS "author_1" ON "author_1"."id" = "post"."author_id" WHERE "post"."id" = ? [2]
        SELECT "post"."id", "post"."title", "post"."author_id", "post"."editor_id" FROM "post" WHERE ? = "post"."author_id" ORDER BY "post"."id" [1]
    "#]].assert_eq(&db.sql());
}

#[test]
fn changes_of_either_side_reach_the_other() {
    use posts::*;
    let db = posts();
    let session = db.session();
    let [ann, bob] = [1, 2].map(|key| session.get_one::<Author>(key).unwrap());
    let third = session.get_one::<Post>(3).unwrap();
    assert_eq!((ids(ann.posts()), ids(bob.edited())), (vec![1, 2], vec![1, 3]));
    third.set_author(&ann).unwrap();
    third.set_editor(None).unwrap();
    assert_eq!((ids(ann.posts()), ids(bob.posts()), ids(bob.edited())), (vec![1, 2, 3], vec![], vec![1]));
    let fourth = Post::builder().title("four");
    bob.posts().append(fourth).unwrap();
    let fourth = bob.posts().get(0).unwrap().unwrap();
    assert_eq!(fourth.author().unwrap(), bob);
    bob.edited().insert(0, &fourth).unwrap();
    assert_eq!(fourth.editor().unwrap(), Some(bob.clone()));
    db.sql();
    session.flush().unwrap();
    expect![[r#"
        INSERT INTO "post" ("title", "author_id", "editor_id") VALUES (?, ?, ?) ['four', 2, 2]
    "#]]
    .assert_eq(&db.sql());
    // A post that has no author is an orphan.
    let first = session.get_one::<Post>(1).unwrap();
    ann.posts().remove(&first).unwrap();
    assert_eq!(code(first.author()), Code::MissingRelated);
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        DELETE FROM "post" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
}

/// The reverse side has options of its own, and is one as others are to queries.
#[test]
fn queries_along_it() {
    use posts::*;
    let db = posts();
    let session = db.session();
    let by_ann = select(Post::id).join(Post::author).filter(Author::name.eq("ann")).order_by(Post::id);
    assert_eq!(session.scalars(by_ann).unwrap().all().unwrap(), [1, 2]);
    let edited_by_bob = select(Post::id).filter(Post::editor.has(Author::name.eq("bob"))).order_by(Post::id);
    assert_eq!(session.scalars(edited_by_bob).unwrap().all().unwrap(), [1, 3]);
    let author = aliased(Author);
    let other = select((Post::id, author.of(Author::name))).join(Post::editor.to(author)).order_by(Post::id);
    assert_eq!(session.execute(other).unwrap().all().unwrap(), [(1, "bob".into()), (3, "bob".into())]);
    let bob = session.get_one::<Author>(2).unwrap();
    let of_bob = select(Post::id).filter(Post::author.is(&bob));
    assert_eq!(session.scalars(of_bob).unwrap().all().unwrap(), [3]);
    let of_bob = select(Post::id).filter(with_parent(&bob, Author::edited)).order_by(Post::id);
    assert_eq!(session.scalars(of_bob).unwrap().all().unwrap(), [1, 3]);
    expect![[r#"
        SELECT "post"."id" FROM "post" JOIN "author" ON "author"."id" = "post"."author_id" WHERE "author"."name" = ? ORDER BY "post"."id" ['ann']
        SELECT "post"."id" FROM "post" WHERE EXISTS (SELECT ? FROM "author" WHERE "author"."id" = "post"."editor_id" AND "author"."name" = ?) ORDER BY "post"."id" [1, 'bob']
        SELECT "post"."id", "author"."name" FROM "post" JOIN "author" ON "author"."id" = "post"."editor_id" ORDER BY "post"."id"
        SELECT "id", "name" FROM "author" WHERE "id" = ? [2]
        SELECT "post"."id" FROM "post" WHERE ? = "post"."author_id" [2]
        SELECT "post"."id" FROM "post" WHERE ? = "post"."editor_id" ORDER BY "post"."id" [2]
    "#]].assert_eq(&db.sql());
}

#[test]
fn loaded_by_every_strategy() {
    use posts::*;
    let db = posts();
    let run = |options: orm::OptionOf<Post>| {
        let session = db.session();
        let posts = session.scalars(select(Post).order_by(Post::id).options(options)).unwrap().all().unwrap();
        let of = |post: &Obj<Post>| {
            (post.author().unwrap().id().unwrap(), post.editor().unwrap().map(|one| one.id().unwrap()))
        };
        let found: Vec<_> = posts.iter().map(of).collect();
        assert_eq!(found, [(1, Some(2)), (1, None), (2, Some(2))]);
        db.sql()
    };
    expect![[r#"
        SELECT "post"."id", "post"."title", "post"."author_id", "post"."editor_id", "author_1"."id", "author_1"."name" FROM "post" JOIN "author" AS "author_1" ON "author_1"."id" = "post"."author_id" ORDER BY "post"."id"
    "#]].assert_eq(&run(orm::OptionOf::new(default_load(Post::editor))));
    expect![[r#"
        SELECT "post"."id", "post"."title", "post"."author_id", "post"."editor_id", "author_1"."id", "author_1"."name" FROM "post" LEFT JOIN "author" AS "author_1" ON "author_1"."id" = "post"."editor_id" ORDER BY "post"."id"
        SELECT "id", "name" FROM "author" WHERE "id" = ? [1]
    "#]].assert_eq(&run(orm::OptionOf::new((joined(Post::editor), lazy(Post::author)))));
    expect![[r#"
        SELECT "post"."id", "post"."title", "post"."author_id", "post"."editor_id" FROM "post" ORDER BY "post"."id"
        SELECT "author"."id", "author"."name" FROM "author" WHERE "author"."id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
    "#]].assert_eq(&run(orm::OptionOf::new((selectin(Post::editor), selectin(Post::author)))));
    expect![[r#"
        SELECT "post"."id", "post"."title", "post"."author_id", "post"."editor_id", "author_1"."id", "author_1"."name" FROM "post" JOIN "author" AS "author_1" ON "author_1"."id" = "post"."author_id" ORDER BY "post"."id"
        SELECT "post"."id", "post"."title", "post"."author_id", "post"."editor_id", "author_1"."id", "author_1"."name" FROM "post" JOIN "author" AS "author_1" ON "author_1"."id" = "post"."author_id" WHERE "post"."editor_id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
    "#]].assert_eq(&run(orm::OptionOf::new((joined(Post::author).selectin(Author::edited), subquery(Post::editor)))));
    let session = db.session();
    let joining =
        select(Post).join(Post::author).filter(Author::id.eq(1)).options(contains_eager(Post::author));
    let posts = session.scalars(joining).unwrap().all().unwrap();
    assert!(posts.iter().all(|post| post.author().unwrap().id().unwrap() == 1));
    assert_eq!(db.statements(), 1);
}

/// A plain value has no room for it: the struct doesn't declare it.
#[test]
fn not_in_plain_values() {
    use posts::*;
    let db = posts();
    let session = db.session();
    let post = session.get_one::<Post>(1).unwrap();
    assert_eq!(post.to_value().unwrap().title, "one");
    let error = post.to_value_with(Post::editor).err().unwrap();
    expect!["[value] `Post.editor`: the plain value has no field for it, since it is added to the class; help: declare it in the struct; instead of `backref` both sides say `back_populates`"].assert_eq(&error.to_string());
    let nested = session.get_one::<Author>(1).unwrap().to_value_nested().unwrap();
    assert!(!nested.posts.is_loaded());
    // Of the query alone, and of what it says of all relationships, it takes no part.
    assert_eq!(session.values(select(Post)).unwrap().all().unwrap().len(), 3);
    let all = select(Post).options(orm::all(orm::Lazy::SelectIn));
    assert_eq!(session.values(all).unwrap().all().unwrap().len(), 3);
    let named = session.values(select(Post).options(joined(Post::author))).unwrap();
    let error = named.all().err().unwrap();
    expect!["[query] `Post.author`: the struct has no field for a relationship that is added to its class; help: ask for objects: `scalars` or `execute`"].assert_eq(&error.to_string());
}

fn shop() -> Db {
    let db = Db::empty();
    shop::Shop::create_all(&db.engine).unwrap();
    db.run("INSERT INTO customer VALUES (1, 'ann'), (2, 'bob')");
    db.run("INSERT INTO \"order\" VALUES (1, 1), (2, 1), (3, NULL)");
    db.run("INSERT INTO item VALUES (1, 'pen'), (2, 'ink')");
    db.run("INSERT INTO order_item VALUES (1, 1), (2, 1), (2, 2)");
    db.run("INSERT INTO receipt VALUES (1, 2)");
    db.run("INSERT INTO visit VALUES (1, 1, 1), (2, 1, NULL)");
    db.sql();
    db
}

#[test]
fn collections_over_the_key_of_the_declaring_side() {
    use shop::*;
    let db = shop();
    let session = db.session();
    let customers = session.scalars(select(Customer).order_by(Customer::id)).unwrap().all().unwrap();
    assert_eq!((ids(customers[0].orders()), ids(customers[1].orders())), (vec![2, 1], vec![]));
    expect![[r#"
        SELECT "customer"."id", "customer"."name" FROM "customer" ORDER BY "customer"."id"
        SELECT "order"."id", "order"."customer_id" FROM "order" WHERE "order"."customer_id" IN (SELECT +value FROM json_each(?)) ORDER BY "order"."id" DESC ['[1,2]']
    "#]].assert_eq(&db.sql());
    let third = session.get_one::<Order>(3).unwrap();
    customers[1].orders().append(&third).unwrap();
    assert_eq!(third.customer().unwrap(), Some(customers[1].clone()));
    let second = session.get_one::<Order>(2).unwrap();
    second.set_customer(None).unwrap();
    assert_eq!(ids(customers[0].orders()), [1]);
    customers[0].set_orders([Order::builder()]).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, customer_id FROM \"order\" ORDER BY id"), "1|NULL\n2|NULL\n3|2\n4|1\n");
}

#[test]
fn one_to_one_by_one() {
    use shop::*;
    let db = shop();
    let session = db.session();
    let [first, second] = [1, 2].map(|key| session.get_one::<Order>(key).unwrap());
    assert_eq!(first.receipt().unwrap(), None);
    let receipt = second.receipt().unwrap().unwrap();
    assert_eq!(receipt.order().unwrap(), second);
    first.set_receipt(&receipt).unwrap();
    assert_eq!(receipt.order().unwrap(), first);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, order_id FROM receipt"), "1|1\n");
    let with = select(Order::id).filter(Order::receipt.has(()));
    assert_eq!(session.scalars(with).unwrap().all().unwrap(), [1]);
}

#[test]
fn many_to_many_from_the_other_end() {
    use shop::*;
    let db = shop();
    let session = db.session();
    let items = session.scalars(select(Item).order_by(Item::id).options(selectin(Item::orders))).unwrap();
    let items = items.all().unwrap();
    assert_eq!((ids(items[0].orders()), ids(items[1].orders())), (vec![1, 2], vec![2]));
    expect![[r#"
        SELECT "item"."id", "item"."name" FROM "item" ORDER BY "item"."id"
        SELECT "order"."id", "order"."customer_id", "order_item"."item_id" FROM "order", "order_item" WHERE "order_item"."item_id" IN (SELECT +value FROM json_each(?)) AND "order"."id" = "order_item"."order_id" ORDER BY "order"."id" ['[1,2]']
    "#]].assert_eq(&db.sql());
    let third = session.get_one::<Order>(3).unwrap();
    assert!(items[1].orders().append(&third).is_ok());
    assert_eq!(ids(third.items()), [2]);
    third.items().append(&items[0]).unwrap();
    let first = session.get_one::<Order>(1).unwrap();
    items[0].orders().remove(&first).unwrap();
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        DELETE FROM "order_item" WHERE "item_id" = ? AND "order_id" = ? [1, 1]
        INSERT INTO "order_item" ("item_id", "order_id") VALUES (?, ?) [1, 3]
    "#]]
    .assert_eq(&db.sql());
    let joined = select((Item::id, Order::id)).join(Item::orders).order_by((Item::id, Order::id));
    assert_eq!(session.execute(joined).unwrap().all().unwrap(), [(1, 2), (1, 3), (2, 2), (2, 3)]);
}

#[test]
fn collections_that_are_never_loaded() {
    use shop::*;
    let db = shop();
    let session = db.session();
    let ann = session.get_one::<Customer>(1).unwrap();
    let visits = ann.visits().select().filter(Visit::id.gt(1));
    assert_eq!(session.scalars(visits).unwrap().all().unwrap().len(), 1);
    let pen = session.get_one::<Item>(1).unwrap();
    pen.visits().add(Visit::builder().customer(&ann)).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM visit"), "1|1|1\n2|1|NULL\n3|1|1\n");
}

#[test]
fn of_a_class_that_leads_to_itself() {
    use trees::*;
    let db = Db::empty();
    Trees::create_all(&db.engine).unwrap();
    let session = db.session();
    let root = session.add(Node::builder().children([Node::builder(), Node::builder()])).unwrap();
    let leaf = root.children().get(1).unwrap().unwrap();
    assert_eq!((leaf.parent().unwrap(), root.parent().unwrap()), (Some(root.clone()), None));
    session.commit().unwrap();
    let top = aliased(Node);
    let query = select(Node::id).join(Node::parent.to(top)).filter(top.of(Node::id).eq(1)).order_by(Node::id);
    assert_eq!(session.scalars(query).unwrap().all().unwrap(), [2, 3]);
    leaf.set_parent(None).unwrap();
    assert_eq!(ids(root.children()), [2]);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM node"), "1|NULL\n2|1\n3|NULL\n");

    db.run("INSERT INTO staff VALUES (1, 1, NULL), (1, 2, 1), (1, 3, 1), (2, 1, NULL)");
    let boss = session.get_one::<Staff>((1, 1)).unwrap();
    let numbers =
        |of: &Obj<Staff>| of.reports().iter().unwrap().map(|one| one.num().unwrap()).collect::<Vec<_>>();
    db.sql();
    assert_eq!(numbers(&boss), [2, 3]);
    expect![[r#"
        SELECT "staff"."org", "staff"."num", "staff"."boss" FROM "staff" WHERE ? = "staff"."org" AND ? = "staff"."boss" ORDER BY "staff"."num" [1, 1]
    "#]].assert_eq(&db.sql());
    let third = session.get_one::<Staff>((1, 3)).unwrap();
    boss.reports().remove(&third).unwrap();
    assert_eq!(third.manager().unwrap(), None);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM staff"), "1|1|NULL\n1|2|1\n1|3|NULL\n2|1|NULL\n");

    db.run("INSERT INTO page VALUES (1), (2), (3)");
    db.run("INSERT INTO link VALUES (1, 1, 2, 'see'), (2, 3, 2, 'see'), (3, 2, 1, 'cite'), (4, 2, 3, 'see')");
    let [second, third] = [2, 3].map(|key| session.get_one::<Page>(key).unwrap());
    db.sql();
    assert_eq!(
        (ids(second.sees()), ids(second.seen_from()), ids(third.seen_from())),
        (vec![3], vec![1, 3], vec![2])
    );
    expect![[r#"
        SELECT "page"."id" FROM "page", "link" WHERE ? = "link"."from_id" AND "link"."to_id" = "page"."id" AND "link"."kind" = ? ORDER BY "page"."id" [2, 'see']
        SELECT "page"."id" FROM "page", "link" WHERE "link"."to_id" = ? AND "link"."kind" = ? AND "page"."id" = "link"."from_id" ORDER BY "page"."id" [2, 'see']
        SELECT "page"."id" FROM "page", "link" WHERE "link"."to_id" = ? AND "link"."kind" = ? AND "page"."id" = "link"."from_id" ORDER BY "page"."id" [3, 'see']
    "#]].assert_eq(&db.sql());
}

#[test]
fn it_takes_the_condition() {
    use hosts::*;
    let db = Db::empty();
    Hosts::create_all(&db.engine).unwrap();
    db.run("INSERT INTO host VALUES (1, 'a'), (2, 'b')");
    db.run("INSERT INTO visit VALUES (1, 'get', 'a'), (2, 'ping', 'a'), (3, 'get', NULL)");
    db.run("INSERT INTO note VALUES (1, 2)");
    let session = db.session();
    let [first, ping] = [1, 2].map(|key| session.get_one::<Visit>(key).unwrap());
    db.sql();
    assert_eq!(first.host().unwrap().map(|host| host.id().unwrap()), Some(1));
    assert_eq!(ping.host().unwrap(), None);
    let joined = select((Visit::id, Host::id)).join(Visit::host);
    assert_eq!(session.execute(joined).unwrap().all().unwrap(), [(1, 1)]);
    expect![[r#"
        SELECT "host"."id", "host"."ip" FROM "host" WHERE "host"."ip" = ? AND ? <> ? ['a', 'get', 'ping']
        SELECT "host"."id", "host"."ip" FROM "host" WHERE "host"."ip" = ? AND ? <> ? ['a', 'ping', 'ping']
        SELECT "visit"."id", "host"."id" FROM "visit" JOIN "host" ON "host"."ip" = "visit"."ip" AND "visit"."what" <> ? ['ping']
    "#]].assert_eq(&db.sql());
    let other = session.get_one::<Host>(2).unwrap();
    first.set_host(&other).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, ip FROM visit"), "1|'b'\n2|'a'\n3|NULL\n");
    // Of a class that is named by a text it is there by name.
    let note = session.get_one::<Note>(1).unwrap();
    let Related::One(Some(host)) = Obj::any(&note).related("host").unwrap() else { panic!() };
    assert_eq!(host.get("id").unwrap(), orm::Value::Int(2));
    let mapper = Hosts::mapper("Note").unwrap();
    let relation = mapper.relation_named("host").unwrap();
    assert_eq!(relation.kind(), orm::Kind::One);
}
