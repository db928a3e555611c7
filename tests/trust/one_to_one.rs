//! Objects that are let go of, or given to another one, while nobody knows what they belonged to.

use expect_test::expect;
use orm::SessionConfig;
use orm::prelude::*;
use tests::Db;
use tests::models::*;

orm::registry!(
    /// Relationships without a reverse side.
    pub Bare
);

#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "owner", registry = Bare)]
struct Owner {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship]
    seal: Option<One<Seal>>,
    #[relationship(order_by = Thing::id)]
    things: Many<Thing>,
    #[relationship(cascade = "all", order_by = Paper::id)]
    papers: Many<Paper>,
}

#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "seal", registry = Bare)]
struct Seal {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Owner::id)]
    owner_id: Option<i64>,
}

#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "thing", registry = Bare)]
struct Thing {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Owner::id)]
    owner_id: Option<i64>,
}

#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "paper", registry = Bare)]
struct Paper {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Owner::id)]
    owner_id: Option<i64>,
}

fn bare() -> Db {
    let db = Db::empty();
    Bare::create_all(&db.engine).unwrap();
    db.sql();
    db
}

fn owners(session: &Session) -> (Obj<Owner>, Obj<Owner>) {
    let one = session.add(Owner::builder().name("one")).unwrap();
    let two = session.add(Owner::builder().name("two")).unwrap();
    session.commit().unwrap();
    (one, two)
}

fn like_sqlalchemy(db: &Db) -> Session {
    Session::with_config(&db.engine, SessionConfig::default().like_sqlalchemy(true))
}

#[test]
fn what_is_let_go_of_is_loaded_first() {
    for replaced in [false, true] {
        let db = Db::new();
        let session = db.session();
        let user = session.add(User::builder().name("ed")).unwrap();
        let profile = session.add(Profile::builder()).unwrap();
        user.set_profile(&profile).unwrap();
        session.flush().unwrap();
        session.refresh(&user).unwrap();
        db.sql();
        if replaced {
            user.set_profile(Profile::builder().text("new".to_owned())).unwrap();
        } else {
            user.set_profile(None).unwrap();
        }
        if !replaced {
            expect![[r#"
                SELECT "profile"."id", "profile"."text", "profile"."user_id" FROM "profile" WHERE ? = "profile"."user_id" [1]
            "#]]
            .assert_eq(&db.sql());
        }
        assert_eq!(profile.user().unwrap(), None);
        session.commit().unwrap();
        let rows = db.rows("SELECT id, user_id, text FROM profile");
        assert_eq!(rows, if replaced { "1|NULL|NULL\n2|1|'new'\n" } else { "1|NULL|NULL\n" });
    }
}

#[test]
fn it_is_loaded_once_and_for_objects_with_rows_only() {
    let db = Db::new();
    let session = db.session();
    let user = session.add(User::builder().name("ed")).unwrap();
    user.set_profile(Profile::builder()).unwrap();
    user.set_profile(Profile::builder()).unwrap();
    session.expunge(&user).unwrap();
    db.sql();
    user.set_profile(None).unwrap();
    assert_eq!(db.sql(), "");
    // A detached object can't load, and is changed all the same.
    let user = session.add(User::builder().name("kim")).unwrap();
    session.commit().unwrap();
    session.expunge(&user).unwrap();
    user.set_profile(None).unwrap();
}

#[test]
fn a_child_of_a_relationship_without_a_reverse_side() {
    let db = bare();
    let session = db.session();
    let (one, two) = owners(&session);
    let seal = session.add(Seal::builder()).unwrap();
    one.set_seal(&seal).unwrap();
    session.flush().unwrap();
    session.refresh(&one).unwrap();
    one.set_seal(None).unwrap();
    session.flush().unwrap();
    assert_eq!(db.rows_in(&session, "SELECT owner_id FROM seal"), "NULL\n");
    one.set_seal(&seal).unwrap();
    session.flush().unwrap();
    session.refresh(&one).unwrap();
    one.set_seal(Seal::builder()).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, owner_id FROM seal"), "1|NULL\n2|1\n");
    assert_eq!(two.seal().unwrap(), None);
}

#[test]
fn a_deletion_leaves_alone_what_belongs_to_another_one() {
    let db = bare();
    let session = db.session();
    let (one, two) = owners(&session);
    let seal = session.add(Seal::builder()).unwrap();
    let thing = session.add(Thing::builder()).unwrap();
    let paper = session.add(Paper::builder()).unwrap();
    one.set_seal(&seal).unwrap();
    one.things().append(&thing).unwrap();
    one.papers().append(&paper).unwrap();
    session.flush().unwrap();
    // Nobody can tell `one` that they have gone.
    two.set_seal(&seal).unwrap();
    two.things().append(&thing).unwrap();
    two.papers().append(&paper).unwrap();
    session.flush().unwrap();
    session.delete(&one).unwrap();
    session.commit().unwrap();
    for table in ["seal", "thing", "paper"] {
        assert_eq!(db.rows(&format!("SELECT id, owner_id FROM {table}")), "1|2\n", "{table}");
    }
    assert_eq!((two.seal().unwrap(), two.papers().len().unwrap()), (Some(seal), 1));
}

#[test]
fn a_deletion_takes_what_is_its_own() {
    let db = bare();
    let session = db.session();
    let (one, two) = owners(&session);
    let paper = two.papers().append(Paper::builder()).unwrap();
    session.flush().unwrap();
    assert_eq!(paper.owner_id().unwrap(), Some(2));
    // It has come to `one`, though its row doesn't say so yet.
    session
        .no_autoflush(|session| {
            one.papers().append(&paper)?;
            session.delete(&one)
        })
        .unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM paper"), "");
}

#[test]
fn the_other_side_of_a_loaded_profile_is_told() {
    let db = Db::new();
    let session = db.session();
    let (one, two) = (
        session.add(User::builder().name("one")).unwrap(),
        session.add(User::builder().name("two")).unwrap(),
    );
    let profile = session.add(Profile::builder()).unwrap();
    one.set_profile(&profile).unwrap();
    session.commit().unwrap();
    assert_eq!(one.profile().unwrap().as_ref(), Some(&profile));
    session.expire(&profile).unwrap();
    two.set_profile(&profile).unwrap();
    session.flush().unwrap();
    session.delete(&one).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, user_id FROM profile"), "1|2\n");
    assert_eq!(two.profile().unwrap(), Some(profile));
}

#[test]
fn sqlalchemy_loads_nothing_and_takes_the_key() {
    let db = Db::new();
    let session = like_sqlalchemy(&db);
    let user = session.add(User::builder().name("ed")).unwrap();
    let profile = session.add(Profile::builder()).unwrap();
    user.set_profile(&profile).unwrap();
    session.flush().unwrap();
    session.refresh(&user).unwrap();
    user.set_profile(None).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT user_id FROM profile"), "1\n");

    let db = bare();
    let session = like_sqlalchemy(&db);
    let (one, two) = owners(&session);
    let seal = session.add(Seal::builder()).unwrap();
    one.set_seal(&seal).unwrap();
    session.flush().unwrap();
    two.set_seal(&seal).unwrap();
    session.flush().unwrap();
    session.delete(&one).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT owner_id FROM seal"), "NULL\n");
}
