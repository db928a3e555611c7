//! A primary key that is the foreign key to the other class: what would take it away is an error, and what deletes the row
//! with it isn't.

use expect_test::expect;
use orm::engine::Engine;
use orm::prelude::*;
use tests::{Db, code};

/// A class whose key is that of the others in a collection, of which the options are said.
macro_rules! collections {
    ($($name:ident: [$($option:tt)*];)*) => {
        $(mod $name {
            use orm::prelude::*;

            orm::registry!(pub Shared);

            #[derive(Mapped)]
            #[mapped(registry = Shared)]
            pub struct A {
                #[column(primary_key)]
                pub id: i64,
                #[relationship($($option)*)]
                pub bs: Many<B>,
            }

            #[derive(Mapped)]
            #[mapped(registry = Shared)]
            pub struct B {
                #[column(primary_key, foreign_key = A::id)]
                pub id: i64,
            }
        })*
    };
}

/// The same with a reference.
macro_rules! references {
    ($($name:ident: [$($option:tt)*];)*) => {
        $(mod $name {
            use orm::prelude::*;

            orm::registry!(pub Shared);

            #[derive(Mapped)]
            #[mapped(registry = Shared)]
            pub struct A {
                #[column(primary_key)]
                pub id: i64,
            }

            #[derive(Mapped)]
            #[mapped(registry = Shared)]
            pub struct B {
                #[column(primary_key, foreign_key = A::id)]
                pub id: i64,
                #[relationship($($option)*)]
                pub a: One<A>,
            }
        })*
    };
}

collections! {
    collection: [cascade = "save-update"];
    deleting: [cascade = "save-update, delete"];
    owning: [cascade = "save-update, delete, delete-orphan"];
    alone: [cascade = "none"];
}

references! {
    reference: [cascade = "save-update"];
    deleting_reference: [cascade = "save-update, delete", single_parent];
    owning_reference: [cascade = "save-update, delete, delete-orphan", single_parent];
    reference_alone: [cascade = "none"];
}

/// One to one.
mod one {
    use orm::prelude::*;

    orm::registry!(pub Shared);

    #[derive(Mapped)]
    #[mapped(registry = Shared)]
    pub struct A {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(cascade = "all, delete-orphan")]
        pub b: Option<One<B>>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Shared)]
    pub struct B {
        #[column(primary_key, foreign_key = A::id)]
        pub id: i64,
    }
}

fn database(create: impl Fn(&Engine) -> orm::Result<()>) -> (Db, Session) {
    let db = Db::empty();
    create(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

#[test]
fn what_takes_the_key_away() {
    use collection::{A, B, Shared};
    let (db, session) = database(Shared::create_all);
    let a = session.add(A::builder().bs([B::builder()])).unwrap();
    session.commit().unwrap();
    let b = session.get_one::<B>(1).unwrap();
    session.delete(&a).unwrap();
    let error = session.flush().unwrap_err();
    expect![[r#"[blanked-key] `B.id`: B#1 lost its parent, but the foreign key is part of its primary key; help: delete the object, or have `A.bs` do it by `cascade = "all, delete-orphan"`"#]].assert_eq(&error.to_string());
    session.rollback().unwrap();
    a.bs().remove(&b).unwrap();
    assert_eq!(code(session.flush()), error.code());
    session.rollback().unwrap();
    assert_eq!(db.rows("SELECT id FROM b"), "1\n");
}

#[test]
fn a_reference_that_is_set_to_nothing() {
    // `One` isn't set to nothing by its method, but by its name.
    use reference::{A, B, Shared};
    let (db, session) = database(Shared::create_all);
    let b = session.add(B::builder().a(A::builder())).unwrap();
    session.commit().unwrap();
    Obj::any(&b).relate("a", None).unwrap();
    let error = session.flush().unwrap_err();
    expect![[r#"[blanked-key] `B.id`: B#1 lost its parent, but the foreign key is part of its primary key; help: delete the object, or have the relationship do it by `cascade = "all, delete-orphan"`"#]].assert_eq(&error.to_string());
    session.rollback().unwrap();
    assert_eq!(db.rows("SELECT id FROM b"), "1\n");
}

/// Both rows go where the cascade reaches the other one, or where it is deleted by hand.
#[test]
fn what_goes_with_its_key() {
    macro_rules! both_go {
        ($name:ident, $first:ident, $by_hand:literal, $build:expr) => {{
            use $name::*;
            let (db, session) = database(Shared::create_all);
            let first = session.add($build).unwrap();
            session.commit().unwrap();
            let (a, b) = (session.get_one::<A>(1).unwrap(), session.get_one::<B>(1).unwrap());
            session.delete(&first).unwrap();
            if $by_hand {
                session.delete(&a).unwrap();
                session.delete(&b).unwrap();
            }
            db.sql();
            session.flush().unwrap();
            let left = |object: orm::AnyObj| object.state() == orm::ObjectState::Deleted;
            assert!(left(Obj::any(&a)) && left(Obj::any(&b)), stringify!($name));
            session.commit().unwrap();
            assert_eq!(db.rows("SELECT id FROM a UNION ALL SELECT id FROM b"), "", stringify!($name));
            format!("-- {}\n{}", stringify!($name), db.sql())
        }};
    }
    let told = [
        both_go!(deleting, A, false, A::builder().bs([B::builder()])),
        both_go!(owning, A, false, A::builder().bs([B::builder()])),
        both_go!(deleting_reference, B, false, B::builder().a(A::builder())),
        both_go!(owning_reference, B, false, B::builder().a(A::builder())),
        both_go!(collection, A, true, A::builder().bs([B::builder()])),
        both_go!(reference, B, true, B::builder().a(A::builder())),
    ];
    expect![[r#"
        -- deleting
        DELETE FROM "b" WHERE "id" = ? [1]
        DELETE FROM "a" WHERE "id" = ? [1]
        -- owning
        DELETE FROM "b" WHERE "id" = ? [1]
        DELETE FROM "a" WHERE "id" = ? [1]
        -- deleting_reference
        DELETE FROM "b" WHERE "id" = ? [1]
        DELETE FROM "a" WHERE "id" = ? [1]
        -- owning_reference
        DELETE FROM "b" WHERE "id" = ? [1]
        DELETE FROM "a" WHERE "id" = ? [1]
        -- collection
        SELECT "b"."id" FROM "b" WHERE ? = "b"."id" [1]
        DELETE FROM "b" WHERE "id" = ? [1]
        DELETE FROM "a" WHERE "id" = ? [1]
        -- reference
        DELETE FROM "b" WHERE "id" = ? [1]
        DELETE FROM "a" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&told.concat());
}

/// The objects are added each by itself, since no cascade does it.
#[test]
fn without_any_cascade() {
    {
        use alone::*;
        let (db, session) = database(Shared::create_all);
        let b = B::builder().into_obj().unwrap();
        let a = session.add(A::builder().bs([&b])).unwrap();
        session.add(&b).unwrap();
        session.flush().unwrap();
        session.delete(&a).unwrap();
        session.delete(&b).unwrap();
        session.commit().unwrap();
        expect![[r#"
            INSERT INTO "a" DEFAULT VALUES
            INSERT INTO "b" ("id") VALUES (?) [1]
            DELETE FROM "b" WHERE "id" = ? [1]
            DELETE FROM "a" WHERE "id" = ? [1]
        "#]]
        .assert_eq(&db.sql());
    }
    {
        use reference_alone::*;
        let (db, session) = database(Shared::create_all);
        let a = A::builder().into_obj().unwrap();
        let b = session.add(B::builder().a(&a)).unwrap();
        session.add(&a).unwrap();
        session.flush().unwrap();
        session.delete(&b).unwrap();
        session.delete(&a).unwrap();
        session.commit().unwrap();
        expect![[r#"
            INSERT INTO "a" DEFAULT VALUES
            INSERT INTO "b" ("id") VALUES (?) [1]
            DELETE FROM "b" WHERE "id" = ? [1]
            DELETE FROM "a" WHERE "id" = ? [1]
        "#]]
        .assert_eq(&db.sql());
    }
}

/// What an object had before it gets another one is read first, though both have one key: it would have to go.
#[test]
fn the_other_of_one_to_one() {
    use one::*;
    let (db, session) = database(Shared::create_all);
    session.add(A::builder()).unwrap();
    session.commit().unwrap();
    let session = db.session();
    let a = session.scalars(select(A)).unwrap().one().unwrap();
    db.sql();
    a.set_b(B::builder()).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "b"."id" FROM "b" WHERE ? = "b"."id" [1]
        INSERT INTO "b" ("id") VALUES (?) [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(db.rows("SELECT id FROM b"), "1\n");
}
