//! `lazy = "joined"`: what stands beside an object in its row.

use expect_test::expect;
use orm::prelude::*;

use super::chain::{self, filled, seen};
use tests::Db;

#[test]
fn a_query() {
    use chain::joined::*;
    let db = filled(Chain::create_all, &[2, 0, 1]);
    let session = db.session();
    let users = session.scalars(select(User).order_by(User::name.desc())).unwrap().all().unwrap();
    assert_eq!(seen!(users), "3:[3:[1,2]] 2:[] 1:[1:[2,3] 2:[1,3]]");
    expect![[r#"
        SELECT "user"."id", "user"."name", "order_1"."id", "order_1"."user_id", "item_3"."id", "item_3"."name" FROM "user" LEFT JOIN "order" AS "order_1" ON "user"."id" = "order_1"."user_id" LEFT JOIN ("link" AS "link_2" JOIN "item" AS "item_3" ON "item_3"."id" = "link_2"."item_id") ON "order_1"."id" = "link_2"."order_id" ORDER BY "user"."name" DESC, "order_1"."id", "item_3"."id"
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn a_limit_is_about_the_objects() {
    use chain::joined::*;
    let db = filled(Chain::create_all, &[2, 0, 1, 3]);
    let session = db.session();
    let query = select(User).order_by(User::name.desc()).limit(2).offset(1);
    assert_eq!(seen!(session.scalars(query).unwrap().all().unwrap()), "3:[3:[1,2]] 2:[]");
    let query = select(User).join(User::orders).order_by(Order::id.desc()).distinct();
    let seen = seen!(db.session().scalars(query).unwrap().all().unwrap());
    assert_eq!(seen, "4:[4:[2,3] 5:[1,3] 6:[1,2]] 3:[3:[1,2]] 1:[1:[2,3] 2:[1,3]]");
    let first = db.session().scalars(select(User).order_by(User::id)).unwrap().first().unwrap();
    assert_eq!(seen!(first.into_iter().collect::<Vec<_>>()), "1:[1:[2,3] 2:[1,3]]");
    expect![[r#"
        SELECT "user_1"."id", "user_1"."name", "order_2"."id", "order_2"."user_id", "item_4"."id", "item_4"."name" FROM (SELECT "user"."id", "user"."name" FROM "user" ORDER BY "user"."name" DESC LIMIT ? OFFSET ?) AS "user_1" LEFT JOIN "order" AS "order_2" ON "user_1"."id" = "order_2"."user_id" LEFT JOIN ("link" AS "link_3" JOIN "item" AS "item_4" ON "item_4"."id" = "link_3"."item_id") ON "order_2"."id" = "link_3"."order_id" ORDER BY "user_1"."name" DESC, "order_2"."id", "item_4"."id" [2, 1]
        SELECT "user_1"."id", "user_1"."name", "order_2"."id", "order_2"."user_id", "item_4"."id", "item_4"."name" FROM (SELECT DISTINCT "user"."id", "user"."name", "order"."id" AS "order 0" FROM "user" JOIN "order" ON "user"."id" = "order"."user_id" ORDER BY "order"."id" DESC) AS "user_1" LEFT JOIN "order" AS "order_2" ON "user_1"."id" = "order_2"."user_id" LEFT JOIN ("link" AS "link_3" JOIN "item" AS "item_4" ON "item_4"."id" = "link_3"."item_id") ON "order_2"."id" = "link_3"."order_id" ORDER BY "user_1"."order 0" DESC, "order_2"."id", "item_4"."id"
        SELECT "user"."id", "user"."name", "order_1"."id", "order_1"."user_id", "item_3"."id", "item_3"."name" FROM "user" LEFT JOIN "order" AS "order_1" ON "user"."id" = "order_1"."user_id" LEFT JOIN ("link" AS "link_2" JOIN "item" AS "item_3" ON "item_3"."id" = "link_2"."item_id") ON "order_1"."id" = "link_2"."order_id" ORDER BY "user"."id", "order_1"."id", "item_3"."id"
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn by_key_when_read_and_when_loaded_anew() {
    use chain::joined::*;
    let db = filled(Chain::create_all, &[2, 1]);
    let session = db.session();
    let user = session.get_one::<User>(1).unwrap();
    assert_eq!(seen!([&user]), "1:[1:[2,3] 2:[1,3]]");
    session.refresh(&user).unwrap();
    assert_eq!(seen!([&user]), "1:[1:[2,3] 2:[1,3]]");
    session.commit().unwrap();
    assert_eq!(user.name().unwrap(), "user 1");
    assert_eq!(seen!([&user]), "1:[1:[2,3] 2:[1,3]]");
    session.refresh_attributes(&user, &["orders"]).unwrap();
    assert_eq!(user.orders().len().unwrap(), 2);
    session.expire_attributes(&user, &["name"]).unwrap();
    assert_eq!(user.name().unwrap(), "user 1");
    session.expire_attributes(&user, &["orders"]).unwrap();
    assert_eq!(user.orders().len().unwrap(), 2);
    expect![[r#"
        SELECT "user"."id", "user"."name", "order_1"."id", "order_1"."user_id", "item_3"."id", "item_3"."name" FROM "user" LEFT JOIN "order" AS "order_1" ON "user"."id" = "order_1"."user_id" LEFT JOIN ("link" AS "link_2" JOIN "item" AS "item_3" ON "item_3"."id" = "link_2"."item_id") ON "order_1"."id" = "link_2"."order_id" WHERE "user"."id" = ? ORDER BY "order_1"."id", "item_3"."id" [1]
        SELECT "user"."id", "user"."name", "order_1"."id", "order_1"."user_id", "item_3"."id", "item_3"."name" FROM "user" LEFT JOIN "order" AS "order_1" ON "user"."id" = "order_1"."user_id" LEFT JOIN ("link" AS "link_2" JOIN "item" AS "item_3" ON "item_3"."id" = "link_2"."item_id") ON "order_1"."id" = "link_2"."order_id" WHERE "user"."id" = ? ORDER BY "order_1"."id", "item_3"."id" [1]
        SELECT "user"."id", "user"."name", "order_1"."id", "order_1"."user_id", "item_3"."id", "item_3"."name" FROM "user" LEFT JOIN "order" AS "order_1" ON "user"."id" = "order_1"."user_id" LEFT JOIN ("link" AS "link_2" JOIN "item" AS "item_3" ON "item_3"."id" = "link_2"."item_id") ON "order_1"."id" = "link_2"."order_id" WHERE "user"."id" = ? ORDER BY "order_1"."id", "item_3"."id" [1]
        SELECT "user"."id", "user"."name", "order_1"."id", "order_1"."user_id", "item_3"."id", "item_3"."name" FROM "user" LEFT JOIN "order" AS "order_1" ON "user"."id" = "order_1"."user_id" LEFT JOIN ("link" AS "link_2" JOIN "item" AS "item_3" ON "item_3"."id" = "link_2"."item_id") ON "order_1"."id" = "link_2"."order_id" WHERE "user"."id" = ? ORDER BY "order_1"."id", "item_3"."id" [1]
        SELECT "id", "name" FROM "user" WHERE "id" = ? [1]
        SELECT "order"."id", "order"."user_id", "item_2"."id", "item_2"."name" FROM "order" LEFT JOIN ("link" AS "link_1" JOIN "item" AS "item_2" ON "item_2"."id" = "link_1"."item_id") ON "order"."id" = "link_1"."order_id" WHERE ? = "order"."user_id" ORDER BY "order"."id", "item_2"."id" [1]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn what_is_there_already_stays() {
    use chain::joined::*;
    let db = filled(Chain::create_all, &[2, 1]);
    let session = db.session();
    let orders = session.scalars(select(Order).order_by(Order::id)).unwrap().all().unwrap();
    let users = session.scalars(select(User)).unwrap().all().unwrap();
    let order = users[0].orders().get(1).unwrap().unwrap();
    assert_eq!(order, orders[1]);
    users[0].orders().remove(&order).unwrap();
    session.no_autoflush(|session| {
        let again = session.scalars(select(User)).unwrap().all().unwrap();
        assert_eq!(seen!(again), "1:[1:[2,3]] 2:[3:[1,2]]");
    });
    // Not loaded is loaded, also of an object that is there.
    session.flush().unwrap();
    session.expire_attributes(&users[0], &["orders"]).unwrap();
    db.sql();
    let again = session.scalars(select(User)).unwrap().all().unwrap();
    assert_eq!(seen!(again), "1:[1:[2,3]] 2:[3:[1,2]]");
    assert_eq!(db.statements(), 1);
}

#[test]
fn the_way_back_ends_at_the_class_that_was_asked_for() {
    use chain::back::*;
    let db = filled(Chain::create_all, &[2, 1]);
    let session = db.session();
    let orders = session.scalars(select(Order)).unwrap().all().unwrap();
    assert!(orders.iter().all(|order| order.user().unwrap().is_some()));
    let session = db.session();
    let user = session.get_one::<User>(1).unwrap();
    assert_eq!(user.orders().len().unwrap(), 2);
    expect![[r#"
        SELECT "order"."id", "order"."user_id", "user_1"."id", "user_1"."name" FROM "order" LEFT JOIN "user" AS "user_1" ON "user_1"."id" = "order"."user_id"
        SELECT "id", "name" FROM "user" WHERE "id" = ? [1]
        SELECT "order"."id", "order"."user_id" FROM "order" WHERE ? = "order"."user_id" ORDER BY "order"."id" [1]
    "#]]
    .assert_eq(&db.sql());
}

pub mod deep {
    //! A tree, and how far it is followed; and inner joins.

    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Deep
    );

    #[derive(Mapped)]
    #[mapped(table = "node", registry = Deep)]
    pub struct Node {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Node::id)]
        pub parent_id: Option<i64>,
        #[relationship(back_populates = "parent", lazy = "joined", join_depth = 2, order_by = Node::id)]
        pub children: Many<Node>,
        #[relationship(back_populates = "children", remote_side = Node::id)]
        pub parent: Option<One<Node>>,
    }

    /// It is in a place, which is in a country; it may have a label, which has a color.
    #[derive(Mapped)]
    #[mapped(table = "thing", registry = Deep)]
    pub struct Thing {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Place::id)]
        pub place_id: i64,
        #[column(foreign_key = Label::id)]
        pub label_id: Option<i64>,
        #[relationship(lazy = "joined")]
        pub label: Option<One<Label>>,
        #[relationship(lazy = "joined", innerjoin)]
        pub place: One<Place>,
    }

    #[derive(Mapped)]
    #[mapped(table = "place", registry = Deep)]
    pub struct Place {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Country::id)]
        pub country_id: i64,
        #[relationship(lazy = "joined", innerjoin)]
        pub country: One<Country>,
    }

    #[derive(Mapped)]
    #[mapped(table = "country", registry = Deep)]
    pub struct Country {
        #[column(primary_key)]
        pub id: i64,
    }

    #[derive(Mapped)]
    #[mapped(table = "label", registry = Deep)]
    pub struct Label {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Color::id)]
        pub color_id: i64,
        #[relationship(lazy = "joined", innerjoin)]
        pub color: One<Color>,
    }

    #[derive(Mapped)]
    #[mapped(table = "color", registry = Deep)]
    pub struct Color {
        #[column(primary_key)]
        pub id: i64,
    }
}

#[test]
fn a_tree_is_followed_as_deep_as_was_said() {
    use deep::*;
    let db = Db::empty();
    Deep::create_all(&db.engine).unwrap();
    db.run("INSERT INTO node VALUES (1, NULL), (2, 1), (3, 1), (4, 2), (5, 4)");
    db.sql();
    let session = db.session();
    let roots = session.scalars(select(Node).filter(Node::parent_id.is_null())).unwrap().all().unwrap();
    let second = roots[0].children().get(0).unwrap().unwrap();
    assert_eq!((roots[0].children().len().unwrap(), second.children().len().unwrap()), (2, 1));
    let third = second.children().get(0).unwrap().unwrap();
    assert!(!third.children().is_loaded().unwrap());
    expect![[r#"
        SELECT "node"."id", "node"."parent_id", "node_1"."id", "node_1"."parent_id", "node_2"."id", "node_2"."parent_id" FROM "node" LEFT JOIN "node" AS "node_1" ON "node"."id" = "node_1"."parent_id" LEFT JOIN "node" AS "node_2" ON "node_1"."id" = "node_2"."parent_id" WHERE "node"."parent_id" IS NULL ORDER BY "node_1"."id", "node_2"."id"
    "#]]
    .assert_eq(&db.sql());
    // Where objects stand at several places, each is filled once.
    let session = db.session();
    let all = session.scalars(select(Node).order_by(Node::id)).unwrap().all().unwrap();
    let children: Vec<usize> = all.iter().map(|node| node.children().len().unwrap()).collect();
    assert_eq!((children, db.statements()), (vec![2, 1, 0, 1, 0], 1));
}

#[test]
fn inner_joins_stay_within_outer_ones() {
    use deep::*;
    let db = Db::empty();
    Deep::create_all(&db.engine).unwrap();
    db.run("INSERT INTO country VALUES (1); INSERT INTO place VALUES (1, 1); INSERT INTO color VALUES (1)");
    db.run("INSERT INTO label VALUES (1, 1); INSERT INTO thing VALUES (1, 1, 1), (2, 1, NULL)");
    db.sql();
    let session = db.session();
    let things = session.scalars(select(Thing).order_by(Thing::id).limit(5)).unwrap().all().unwrap();
    assert_eq!(things[0].label().unwrap().unwrap().color().unwrap().id().unwrap(), 1);
    assert_eq!(things[1].label().unwrap(), None);
    assert_eq!(things[1].place().unwrap().country().unwrap().id().unwrap(), 1);
    expect![[r#"
        SELECT "thing"."id", "thing"."place_id", "thing"."label_id", "label_1"."id", "label_1"."color_id", "color_2"."id", "place_3"."id", "place_3"."country_id", "country_4"."id" FROM "thing" JOIN "place" AS "place_3" ON "place_3"."id" = "thing"."place_id" JOIN "country" AS "country_4" ON "country_4"."id" = "place_3"."country_id" LEFT JOIN ("label" AS "label_1" JOIN "color" AS "color_2" ON "color_2"."id" = "label_1"."color_id") ON "label_1"."id" = "thing"."label_id" ORDER BY "thing"."id" LIMIT ? [5]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn what_was_changed_is_not_joined_to_an_expired_object() {
    use chain::joined::*;
    let db = filled(Chain::create_all, &[1]);
    let session = db.session();
    let user = session.get_one::<User>(1).unwrap();
    let order = user.orders().get(0).unwrap().unwrap();
    session.commit().unwrap();
    // It waits for the collection to be read.
    order.set_user(Some(&user)).unwrap();
    db.sql();
    session.no_autoflush(|_| {
        assert_eq!(user.name().unwrap(), "user 1");
        assert!(!user.orders().is_loaded().unwrap());
    });
    expect![[r#"
        SELECT "id", "name" FROM "user" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    session.commit().unwrap();
    assert_eq!(user.orders().iter().unwrap().collect::<Vec<_>>(), [order]);
}

#[test]
fn a_part_of_what_is_joined_has_a_statement_of_its_own() {
    use deep::*;
    let db = Db::empty();
    Deep::create_all(&db.engine).unwrap();
    db.run("INSERT INTO country VALUES (7); INSERT INTO place VALUES (5, 7); INSERT INTO color VALUES (9)");
    db.run("INSERT INTO label VALUES (8, 9); INSERT INTO thing VALUES (1, 5, 8)");
    let session = db.session();
    let thing = session.get_one::<Thing>(1).unwrap();
    session.refresh(&thing).unwrap();
    session.refresh_attributes(&thing, &["place"]).unwrap();
    db.sql();
    assert_eq!(thing.place().unwrap().id().unwrap(), 5);
    assert_eq!(thing.place().unwrap().country().unwrap().id().unwrap(), 7);
    assert_eq!(db.statements(), 0);
    session.refresh_attributes(&thing, &["label"]).unwrap();
    db.sql();
    assert_eq!(thing.label().unwrap().map(|label| label.id().unwrap()), Some(8));
    assert_eq!(db.statements(), 0);
}

orm::registry!(
    /// Classes whose columns have the same names.
    Same
);

#[derive(Mapped)]
#[mapped(table = "same_user", registry = Same)]
struct SameUser {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(lazy = "joined", order_by = SamePet::id)]
    pets: Many<SamePet>,
    #[relationship(lazy = "joined")]
    house: Option<One<SameHouse>>,
    #[column(foreign_key = SameHouse::id)]
    house_id: Option<i64>,
}

#[derive(Mapped)]
#[mapped(table = "same_pet", registry = Same)]
struct SamePet {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(foreign_key = SameUser::id)]
    user_id: i64,
}

#[derive(Mapped)]
#[mapped(table = "same_house", registry = Same)]
struct SameHouse {
    #[column(primary_key)]
    id: i64,
    name: String,
}

/// Columns of the user's own SQL are those of the object that was asked for, not of what its class joins.
#[test]
fn sql_of_the_users_own_joins_nothing() {
    let db = Db::empty();
    Same::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO same_house VALUES (1, 'h'); INSERT INTO same_user (id, name, house_id) VALUES (1, 'u', 1), (2, 'v', NULL);
         INSERT INTO same_pet VALUES (1, 'p', 2)",
    );
    db.sql();
    let session = db.session();
    let users = select_text("SELECT * FROM same_user ORDER BY id").entities(SameUser);
    let users = session.scalars(users).unwrap().all().unwrap();
    expect![[r#"
        SELECT * FROM same_user ORDER BY id
        SELECT "same_pet"."id", "same_pet"."name", "same_pet"."user_id" FROM "same_pet" WHERE "same_pet"."user_id" IN (SELECT +value FROM json_each(?)) ORDER BY "same_pet"."id" ['[1,2]']
        SELECT "id", "name" FROM "same_house" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
    let names = |user: &Obj<SameUser>| {
        let pets = user.pets().iter().unwrap().map(|pet| pet.name().unwrap()).collect::<String>();
        let house = user.house().unwrap().map(|house| house.name().unwrap());
        format!("{} {pets} {house:?}", user.name().unwrap())
    };
    assert_eq!(users.iter().map(names).collect::<Vec<_>>(), ["u  Some(\"h\")", "v p None"]);
    assert_eq!(db.statements(), 0);
}
