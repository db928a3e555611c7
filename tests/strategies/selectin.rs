//! `lazy = "selectin"` and its like: relationships of many objects by lists of keys.

use expect_test::expect;
use orm::prelude::*;
use tests::Db;

use super::chain::{self, filled, seen};

#[test]
fn a_query() {
    use chain::selectin::*;
    let db = filled(Chain::create_all, &[2, 0, 1]);
    let session = db.session();
    let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
    assert_eq!(seen!(users), "1:[1:[2,3] 2:[1,3]] 2:[] 3:[3:[1,2]]");
    expect![[r#"
        SELECT "user"."id", "user"."name" FROM "user" ORDER BY "user"."id"
        SELECT "order"."id", "order"."user_id" FROM "order" WHERE "order"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "order"."id" ['[1,2,3]']
        SELECT "item"."id", "item"."name", "link"."order_id" FROM "item", "link" WHERE "link"."order_id" IN (SELECT +value FROM json_each(?)) AND "item"."id" = "link"."item_id" ORDER BY "item"."id" ['[1,2,3]']
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn one_object_takes_the_statement_of_a_lazy_load() {
    use chain::selectin::*;
    let db = filled(Chain::create_all, &[1]);
    let session = db.session();
    let user = session.get_one::<User>(1).unwrap();
    assert_eq!(seen!([&user]), "1:[1:[2,3]]");
    expect![[r#"
        SELECT "id", "name" FROM "user" WHERE "id" = ? [1]
        SELECT "order"."id", "order"."user_id" FROM "order" WHERE ? = "order"."user_id" ORDER BY "order"."id" [1]
        SELECT "item"."id", "item"."name" FROM "item", "link" WHERE ? = "link"."order_id" AND "item"."id" = "link"."item_id" ORDER BY "item"."id" [1]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn chunks_of_five_hundred() {
    use chain::selectin::*;
    let db = filled(Chain::create_all, &vec![1; 1_001]);
    let session = db.session();
    let users = session.scalars(select(User)).unwrap().all().unwrap();
    assert!(users.iter().all(|user| user.orders().len().unwrap() == 1));
    assert_eq!(db.statements(), 1 + 3 + 3);
}

#[test]
fn a_circle_ends_at_the_class_that_was_asked_for() {
    use chain::immediate::*;
    let db = filled(Chain::create_all, &[2, 1]);
    let session = db.session();
    let users = session.scalars(select(User)).unwrap().all().unwrap();
    // The way back needs no statement: what it leads to is in memory.
    let order = users[0].orders().get(0).unwrap().unwrap();
    assert_eq!(order.user().unwrap(), Some(users[0].clone()));
    assert_eq!(db.statements(), 3);
    let session = db.session();
    let orders = session.scalars(select(Order).order_by(Order::id)).unwrap().all().unwrap();
    assert!(orders.iter().all(|order| order.user().unwrap().unwrap().orders().is_loaded().unwrap()));
    expect![[r#"
        SELECT "order"."id", "order"."user_id" FROM "order" ORDER BY "order"."id"
        SELECT "user"."id", "user"."name" FROM "user" WHERE "user"."id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
        SELECT "item"."id", "item"."name", "link"."order_id" FROM "item", "link" WHERE "link"."order_id" IN (SELECT +value FROM json_each(?)) AND "item"."id" = "link"."item_id" ORDER BY "item"."id" ['[1,2,3]']
        SELECT "order"."id", "order"."user_id" FROM "order" WHERE "order"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "order"."id" ['[1,2]']
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn what_is_not_loaded_is_empty() {
    use chain::noload::*;
    let db = filled(Chain::create_all, &[1]);
    let session = db.session();
    let user = session.get_one::<User>(1).unwrap();
    assert!(user.orders().is_loaded().unwrap());
    assert_eq!(user.orders().len().unwrap(), 0);
    let order = session.get_one::<Order>(1).unwrap();
    assert_eq!(order.user().unwrap(), None);
    assert_eq!(db.statements(), 2);
}

orm::registry!(
    /// These classes.
    pub Odd
);

/// A class with a composite key, and relationships with more than a foreign key in their conditions.
#[derive(Mapped)]
#[mapped(registry = Odd)]
pub struct Town {
    #[column(primary_key)]
    pub country: String,
    #[column(primary_key)]
    pub number: i64,
    pub code: Option<String>,
    pub size: i64,
    #[relationship(lazy = "selectin", order_by = Street::id)]
    pub streets: Many<Street>,
    /// Where the town has a name of its own: a condition on its own row too.
    #[relationship(
        lazy = "selectin",
        order_by = Street::id,
        primaryjoin = Town::country
            .eq(Street::country.foreign())
            .and(Town::number.eq(Street::town.foreign()))
            .and(Town::number.eq(Town::size)), overlaps = "streets")]
    pub square: Many<Street>,
    #[relationship(
        lazy = "selectin",
        foreign_keys = Parcel::code,
        primaryjoin = Town::code.eq(Parcel::code),
    )]
    pub parcels: Many<Parcel>,
    #[relationship(lazy = "selectin", secondary = Twin, primaryjoin = Town::country.eq(Twin::a.foreign()).and(Town::number.eq(Twin::b.foreign())), secondaryjoin = Town::country.eq(Twin::c.foreign()).and(Town::number.eq(Twin::d.foreign())))]
    pub twins: Many<Town>,
}

#[derive(Mapped)]
#[mapped(registry = Odd, foreign_key(columns(country, town), references(Town::country, Town::number)))]
pub struct Street {
    #[column(primary_key)]
    pub id: i64,
    pub country: Option<String>,
    pub town: Option<i64>,
    pub length: i64,
}

#[derive(Mapped)]
#[mapped(registry = Odd)]
pub struct Parcel {
    #[column(primary_key)]
    pub id: i64,
    pub code: Option<String>,
}

#[derive(Table)]
#[mapped(table = "twin", registry = Odd)]
pub struct Twin {
    pub a: String,
    pub b: i64,
    pub c: String,
    pub d: i64,
}

/// Two towns of which one has streets, and both have parcels of the same code.
fn towns() -> Db {
    let db = Db::empty();
    Odd::create_all(&db.engine).unwrap();
    db.run("INSERT INTO town VALUES ('de', 1, 'x', 1), ('de', 2, 'X', 5), ('fr', 1, NULL, 7)");
    db.run("INSERT INTO street VALUES (1, 'de', 1, 20), (2, 'de', 1, 12), (3, 'de', 1, 3), (4, 'fr', 1, 9), (5, NULL, 1, 99)");
    db.run("INSERT INTO parcel VALUES (1, 'x'), (2, 'x'), (3, 'X'), (4, NULL)");
    db.run("INSERT INTO twin VALUES ('de', 1, 'fr', 1), ('fr', 1, 'de', 1), ('fr', 1, 'de', 2)");
    db.sql();
    db
}

#[test]
fn composite_keys_and_further_conditions() {
    let db = towns();
    let session = db.session();
    let query = select(Town).order_by(Town::country).order_by(Town::number);
    let towns = session.scalars(query).unwrap().all().unwrap();
    let seen: Vec<String> = towns
        .iter()
        .map(|town| {
            let streets = |list: Vec<Obj<Street>>| {
                list.iter().map(|street| street.id().unwrap().to_string()).collect::<Vec<_>>().join(",")
            };
            let parcels = town.parcels().iter().unwrap().map(|parcel| parcel.id().unwrap().to_string());
            let twins = town.twins().iter().unwrap().map(|town| town.number().unwrap().to_string());
            format!(
                "{}{} streets {} square {} parcels {} twins {}",
                town.country().unwrap(),
                town.number().unwrap(),
                streets(town.streets().iter().unwrap().collect()),
                streets(town.square().iter().unwrap().collect()),
                parcels.collect::<Vec<_>>().join(","),
                twins.collect::<Vec<_>>().join(","),
            )
        })
        .collect();
    expect![[r#"
        de1 streets 1,2,3 square 1,2,3 parcels 1,2 twins 1
        de2 streets  square  parcels 3 twins 
        fr1 streets 4 square  parcels  twins 1,2
    "#]]
    .assert_eq(&format!("{}\n", seen.join("\n")));
    expect![[r#"
        SELECT "town"."country", "town"."number", "town"."code", "town"."size" FROM "town" ORDER BY "town"."country", "town"."number"
        SELECT "street"."id", "street"."country", "street"."town", "street"."length" FROM "street" WHERE ("street"."country", "street"."town") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY "street"."id" ['de', 1, 'de', 2, 'fr', 1, 'fr', 1]
        SELECT "street"."id", "street"."country", "street"."town", "street"."length", "town_1"."country", "town_1"."number" FROM "town" AS "town_1" JOIN "street" ON "town_1"."country" = "street"."country" AND "town_1"."number" = "street"."town" AND "town_1"."number" = "town_1"."size" WHERE ("town_1"."country", "town_1"."number") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY "street"."id" ['de', 1, 'de', 2, 'fr', 1, 'fr', 1]
        SELECT "parcel"."id", "parcel"."code" FROM "parcel" WHERE "parcel"."code" IN (SELECT +value FROM json_each(?)) ['["X","x"]']
        SELECT "town"."country", "town"."number", "town"."code", "town"."size" FROM "town", "twin" WHERE ? = "twin"."a" AND ? = "twin"."b" AND "town"."country" = "twin"."c" AND "town"."number" = "twin"."d" ['de', 1]
        SELECT "town"."country", "town"."number", "town"."code", "town"."size" FROM "town", "twin" WHERE ? = "twin"."a" AND ? = "twin"."b" AND "town"."country" = "twin"."c" AND "town"."number" = "twin"."d" ['de', 2]
        SELECT "town"."country", "town"."number", "town"."code", "town"."size" FROM "town", "twin" WHERE ? = "twin"."a" AND ? = "twin"."b" AND "town"."country" = "twin"."c" AND "town"."number" = "twin"."d" ['fr', 1]
    "#]]
    .assert_eq(&db.sql());
}

/// Links of several columns on either side: a list of keys finds them, in one statement, as a join does.
#[test]
fn links_by_composite_keys() {
    let db = towns();
    let mut trees: Vec<Vec<String>> = Vec::new();
    let mut told = String::new();
    for option in [selectin(Town::twins), joined(Town::twins)] {
        let session = db.session();
        let query = select(Town).order_by((Town::country, Town::number));
        let query = query.options((orm::all(orm::Lazy::Select), option.options(orm::all(orm::Lazy::Select))));
        let towns = session.scalars(query).unwrap().all().unwrap();
        trees.push(towns.iter().map(tests::tree).collect());
        told.push_str(&db.sql());
    }
    assert_eq!(trees[0], trees[1]);
    expect![[r#"
        Town#'de',1(twins: [Town#'fr',1(twins: [Town#'de',1, Town#'de',2(twins: [])])])
        Town#'de',2(twins: [])
        Town#'fr',1(twins: [Town#'de',1(twins: [Town#'fr',1]), Town#'de',2(twins: [])])
        SELECT "town"."country", "town"."number", "town"."code", "town"."size" FROM "town" ORDER BY "town"."country", "town"."number"
        SELECT "town"."country", "town"."number", "town"."code", "town"."size", "twin"."a", "twin"."b" FROM "town", "twin" WHERE ("twin"."a", "twin"."b") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) AND "town"."country" = "twin"."c" AND "town"."number" = "twin"."d" ['de', 1, 'de', 2, 'fr', 1, 'fr', 1]
        SELECT "town"."country", "town"."number", "town"."code", "town"."size", "town_2"."country", "town_2"."number", "town_2"."code", "town_2"."size" FROM "town" LEFT JOIN ("twin" AS "twin_1" JOIN "town" AS "town_2" ON "town_2"."country" = "twin_1"."c" AND "town_2"."number" = "twin_1"."d") ON "town"."country" = "twin_1"."a" AND "town"."number" = "twin_1"."b" ORDER BY "town"."country", "town"."number"
    "#]].assert_eq(&format!("{}\n{told}", trees[0].join("\n")));
}

/// A parent whose own column is NULL leads to nothing, and nothing leads to it.
#[test]
fn a_column_that_is_no_key_and_has_no_value() {
    let db = towns();
    let session = db.session();
    let town = session.get_one::<Town>(("fr", 1)).unwrap();
    assert_eq!(town.parcels().len().unwrap(), 0);
    db.sql();
    let parcels = select(Parcel).filter(with_parent(&town, Town::parcels));
    assert_eq!(session.scalars(parcels).unwrap().all().unwrap().len(), 0);
    session.expunge(&town).unwrap();
    let parcels = select(Parcel).filter(with_parent(&town, Town::parcels));
    assert_eq!(session.scalars(parcels).unwrap().all().unwrap().len(), 0);
    let other = session.get_one::<Town>(("de", 1)).unwrap();
    let parcels = select(Parcel).filter(with_parent(&other, Town::parcels)).order_by(Parcel::id);
    assert_eq!(session.scalars(parcels).unwrap().all().unwrap().len(), 2);
    expect![[r#"
        SELECT "parcel"."id", "parcel"."code" FROM "parcel" WHERE ? = "parcel"."code" [NULL]
        SELECT "parcel"."id", "parcel"."code" FROM "parcel" WHERE ? = "parcel"."code" [NULL]
        SELECT "country", "number", "code", "size" FROM "town" WHERE "country" = ? AND "number" = ? ['de', 1]
        SELECT "street"."id", "street"."country", "street"."town", "street"."length" FROM "street" WHERE ? = "street"."country" AND ? = "street"."town" ORDER BY "street"."id" ['de', 1]
        SELECT "street"."id", "street"."country", "street"."town", "street"."length", "town_1"."country", "town_1"."number" FROM "town" AS "town_1" JOIN "street" ON "town_1"."country" = "street"."country" AND "town_1"."number" = "street"."town" AND "town_1"."number" = "town_1"."size" WHERE ("town_1"."country", "town_1"."number") IN (VALUES (?, ?)) ORDER BY "street"."id" ['de', 1]
        SELECT "parcel"."id", "parcel"."code" FROM "parcel" WHERE ? = "parcel"."code" ['x']
        SELECT "parcel"."id", "parcel"."code" FROM "parcel" WHERE ? = "parcel"."code" ORDER BY "parcel"."id" ['x']
    "#]].assert_eq(&db.sql());
}

#[test]
fn a_list_of_composite_keys_is_padded() {
    let db = towns();
    let numbers: Vec<String> = (3..=20).map(|number| format!("('de', {number}, NULL, 1)")).collect();
    db.run(&format!("INSERT INTO town VALUES {}", numbers.join(", ")));
    let texts = |least: i64| {
        let session = db.session();
        db.sql();
        session.scalars(select(Town).filter(Town::number.ge(least))).unwrap().all().unwrap();
        let sql = db.sql();
        sql.lines().nth(1).unwrap().split_once(" [").unwrap().0.to_owned()
    };
    // Texts of few lengths: of 4 keys for 3 and 4, of 16 for 5.
    assert_eq!(texts(18), texts(17));
    assert_ne!(texts(17), texts(16));
    assert_eq!(texts(16), texts(5));
}

#[test]
fn blobs_are_bound_one_by_one() {
    use blobs::*;
    let db = Db::empty();
    Blobs::create_all(&db.engine).unwrap();
    db.run("INSERT INTO tree VALUES (x'01'), (x'02'), (x'03')");
    db.run("INSERT INTO leaf VALUES (1, x'01'), (2, x'02'), (3, x'01')");
    db.sql();
    let session = db.session();
    let trees = session.scalars(select(Tree)).unwrap().all().unwrap();
    let leaves: Vec<usize> = trees.iter().map(|tree| tree.leaves().len().unwrap()).collect();
    assert_eq!(leaves, [2, 1, 0]);
    expect![[r#"
        SELECT "tree"."id" FROM "tree"
        SELECT "leaf"."id", "leaf"."tree_id" FROM "leaf" WHERE "leaf"."tree_id" IN (?, ?, ?, ?) [x'01', x'02', x'03', x'03']
    "#]]
    .assert_eq(&db.sql());
}

mod blobs {
    //! A class whose key is bytes.

    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Blobs
    );

    #[derive(Mapped)]
    #[mapped(table = "tree", registry = Blobs)]
    pub struct Tree {
        #[column(primary_key)]
        pub id: Vec<u8>,
        #[relationship(lazy = "selectin")]
        pub leaves: Many<Leaf>,
    }

    #[derive(Mapped)]
    #[mapped(table = "leaf", registry = Blobs)]
    pub struct Leaf {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Tree::id)]
        pub tree_id: Option<Vec<u8>>,
    }
}

#[test]
fn a_key_that_is_not_in_memory_is_that_of_the_row() {
    use chain::batch::*;
    let db = filled(Chain::create_all, &[1, 1, 1]);
    let session = db.session();
    let orders = session.scalars(select(Order).order_by(Order::id)).unwrap().all().unwrap();
    session.expire_attributes(&orders[1], &["user_id"]).unwrap();
    session.expire_attributes(&orders[2], &["user_id"]).unwrap();
    db.sql();
    assert_eq!(orders[0].user().unwrap().unwrap().id().unwrap(), 1);
    assert_eq!(orders[1].user().unwrap().unwrap().id().unwrap(), 2);
    expect![[r#"
        SELECT "user"."id", "user"."name", "order_1"."id" FROM "order" AS "order_1" JOIN "user" ON "user"."id" = "order_1"."user_id" WHERE "order_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2,3]']
    "#]]
    .assert_eq(&db.sql());
}

/// So it is with a key of several columns, of which one isn't in memory. One that was changed, and isn't in the row yet, is asked
/// for by itself. What comes after both is asked for at once.
#[test]
fn a_part_of_a_key_that_is_not_in_memory_is_that_of_the_row() {
    use tests::schemas::*;
    let db = two();
    let session = Session::with_config(&db.engine, SessionConfig::default().batch(true).autoflush(false));
    let volume = |number: i64| Volume::builder().series("s").number(number).pages([Page::builder()]);
    session.add_all((volume(1), volume(2), volume(3), volume(4))).unwrap();
    session.commit().unwrap();
    session.expunge_all();
    let query = select(Page).order_by(Page::id).filter(Page::id.le(3));
    let query = query.options(lazy(Page::volume).selectin(Volume::pages));
    let pages = session.scalars(query).unwrap().all().unwrap();
    session.expire_attributes(&pages[1], &["number"]).unwrap();
    pages[2].set_number(4).unwrap();
    db.sql();
    let numbers = pages.iter().map(|page| page.volume().unwrap().number().unwrap());
    assert_eq!(numbers.collect::<Vec<_>>(), [1, 2, 4]);
    expect![[r#"
        SELECT "series", "number" FROM "archive"."volumes" WHERE "series" = ? AND "number" = ? ['s', 4]
        SELECT "archive"."volumes"."series", "archive"."volumes"."number", "pages_1"."id" FROM "pages" AS "pages_1" JOIN "archive"."volumes" ON "archive"."volumes"."series" = "pages_1"."series" AND "archive"."volumes"."number" = "pages_1"."number" WHERE "pages_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
        SELECT "pages"."id", "pages"."series", "pages"."number" FROM "pages" WHERE ("pages"."series", "pages"."number") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY "pages"."id" ['s', 1, 's', 2, 's', 4, 's', 4]
    "#]].assert_eq(&db.sql());
}

/// What is loaded of objects that a lazy load names again: their items were expired.
macro_rules! named_again {
    ($name:ident) => {{
        use chain::$name::*;
        let db = filled(Chain::create_all, &[2]);
        let session = db.session();
        let user = session.get_one::<User>(1).unwrap();
        let orders = user.orders().iter().unwrap().collect::<Vec<_>>();
        session.expire_attributes(&orders[0], &["items"]).unwrap();
        session.expire_attributes(&user, &["orders"]).unwrap();
        db.sql();
        assert_eq!(user.orders().len().unwrap(), 2);
        (seen!([&user]), db.statements())
    }};
}

#[test]
fn what_a_lazy_load_names_again_is_filled_by_subquery_only() {
    assert_eq!(named_again!(selectin), ("1:[1:[~] 2:[1,3]]".to_owned(), 1));
    assert_eq!(named_again!(subquery), ("1:[1:[2,3] 2:[1,3]]".to_owned(), 2));
}

/// Where some have what is asked for, and others don't, all are asked for it: what comes after it is loaded for all at once.
#[test]
fn what_is_there_is_asked_for_with_the_rest() {
    use chain::select::*;
    let db = filled(Chain::create_all, &[2, 0, 1]);
    let session = db.session();
    let first = session.get_one::<User>(1).unwrap();
    let orders: Vec<_> = first.orders().iter().unwrap().collect();
    db.sql();
    let query =
        select(User).order_by(User::id).options(selectin(User::orders).options(selectin(Order::items)));
    let users = session.scalars(query).unwrap().all().unwrap();
    assert_eq!((users.len(), orders.len()), (3, 2));
    expect![[r#"
        SELECT "user"."id", "user"."name" FROM "user" ORDER BY "user"."id"
        SELECT "order"."id", "order"."user_id" FROM "order" WHERE "order"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "order"."id" ['[1,2,3]']
        SELECT "item"."id", "item"."name", "link"."order_id" FROM "item", "link" WHERE "link"."order_id" IN (SELECT +value FROM json_each(?)) AND "item"."id" = "link"."item_id" ORDER BY "item"."id" ['[1,2,3]']
    "#]].assert_eq(&db.sql());
}

/// Nodes in a row, each in the one before, whose children and parents are loaded so.
macro_rules! nodes {
    ($module:ident, $registry:ident, $children:literal, $parent:literal) => {
        mod $module {
            use orm::prelude::*;
            use tests::Db;

            orm::registry!(
                /// Nodes in nodes.
                pub $registry
            );

            #[derive(Mapped)]
            #[mapped(registry = $registry)]
            pub struct Node {
                #[column(primary_key)]
                pub id: i64,
                #[column(foreign_key = Node::id)]
                pub parent_id: Option<i64>,
                #[relationship(lazy = $children, join_depth = 2, back_populates = "parent")]
                pub children: Many<Node>,
                #[relationship(lazy = $parent, join_depth = 2, remote_side = Node::id, back_populates = "children")]
                pub parent: Option<One<Node>>,
            }

            /// What one of them leads to at once.
            pub fn loaded(key: i64) -> String {
                let db = Db::empty();
                $registry::create_all(&db.engine).unwrap();
                db.run("INSERT INTO node VALUES (1, NULL), (2, 1), (3, 2), (4, 3), (5, 4)");
                db.sql();
                let session = db.session();
                let one = session.scalars(select(Node).filter(Node::id.eq(key))).unwrap().one().unwrap();
                format!("{}\n{}", tests::tree(&one), db.sql())
            }
        }
    };
}

nodes!(by_selectin, BySelectin, "selectin", "select");
nodes!(by_subquery, BySubquery, "subquery", "select");
nodes!(downwards, Downwards, "immediate", "select");
nodes!(upwards, Upwards, "select", "immediate");

#[test]
fn a_tree_is_followed_as_deep_as_was_said() {
    expect![[r#"
        Node#1(children: [Node#2(children: [Node#3])])
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE "node"."id" = ? [1]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [1]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [2]
    "#]]
    .assert_eq(&by_selectin::loaded(1));
    expect![[r#"
        Node#1(children: [Node#2(children: [Node#3])])
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE "node"."id" = ? [1]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [1]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [2]
    "#]]
    .assert_eq(&by_subquery::loaded(1));
}

/// A collection is followed to its end, whatever the depth, and what leads to one object so far as was said, as in SQLAlchemy.
#[test]
fn what_is_immediate_has_a_depth_only_towards_one_object() {
    expect![[r#"
        Node#5(parent: Node#4(parent: Node#3))
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE "node"."id" = ? [5]
        SELECT "id", "parent_id" FROM "node" WHERE "id" = ? [4]
        SELECT "id", "parent_id" FROM "node" WHERE "id" = ? [3]
    "#]]
    .assert_eq(&upwards::loaded(5));
    expect![[r#"
        Node#1(children: [Node#2(children: [Node#3(children: [Node#4(children: [Node#5(children: [])])])])])
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE "node"."id" = ? [1]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [1]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [2]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [3]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [4]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [5]
    "#]]
    .assert_eq(&downwards::loaded(1));
}
