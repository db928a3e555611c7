//! `passive_deletes`: what isn't loaded is left to the database; which statements run.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, ObjectState};
use tests::Db;

orm::registry!(
    /// These classes.
    pub Passive
);

/// The database deletes what belongs to it.
#[derive(Mapped)]
#[mapped(registry = Passive)]
pub struct Firm {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(back_populates = "firm", cascade = "all, delete-orphan", passive_deletes)]
    pub desks: Many<Desk>,
    #[relationship(back_populates = "firm", passive_deletes)]
    pub guests: Many<Guest>,
    #[relationship(passive_deletes = "all")]
    pub logs: Many<Log>,
    #[relationship(secondary = FirmTown, back_populates = "firms", passive_deletes)]
    pub towns: ManySet<Town>,
    #[relationship(back_populates = "firm", cascade = "all", passive_deletes)]
    pub charter: Option<One<Charter>>,
}

#[derive(Mapped)]
#[mapped(registry = Passive)]
pub struct Desk {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Firm::id, on_delete = "cascade")]
    pub firm_id: Option<i64>,
    #[relationship(back_populates = "desks")]
    pub firm: Option<One<Firm>>,
}

#[derive(Mapped)]
#[mapped(registry = Passive)]
pub struct Guest {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Firm::id, on_delete = "set null")]
    pub firm_id: Option<i64>,
    #[relationship(back_populates = "guests")]
    pub firm: Option<One<Firm>>,
}

#[derive(Mapped)]
#[mapped(registry = Passive)]
pub struct Log {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Firm::id)]
    pub firm_id: Option<i64>,
}

#[derive(Mapped)]
#[mapped(registry = Passive)]
pub struct Town {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(secondary = FirmTown, back_populates = "towns", passive_deletes)]
    pub firms: Many<Firm>,
}

#[derive(Table)]
#[mapped(table = "firm_town", registry = Passive)]
pub struct FirmTown {
    #[column(primary_key, foreign_key = Firm::id, on_delete = "cascade")]
    pub firm_id: i64,
    #[column(primary_key, foreign_key = Town::id, on_delete = "cascade")]
    pub town_id: i64,
}

#[derive(Mapped)]
#[mapped(registry = Passive)]
pub struct Charter {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Firm::id, on_delete = "cascade", unique)]
    pub firm_id: Option<i64>,
    #[relationship(back_populates = "charter")]
    pub firm: Option<One<Firm>>,
}

/// A tree over a key of two columns, of which the database deletes whole branches.
#[derive(Mapped)]
#[mapped(registry = Passive, foreign_key(columns(area, up), references(Zone::area, Zone::number), on_delete = "cascade"))]
pub struct Zone {
    #[column(primary_key)]
    pub area: i64,
    #[column(primary_key)]
    pub number: i64,
    pub up: Option<i64>,
    #[relationship(cascade = "all, delete", passive_deletes)]
    pub parts: Many<Zone>,
}

/// A firm with two of everything, and a charter.
fn filled() -> Db {
    let db = Db::empty();
    Passive::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO firm VALUES (1); INSERT INTO town VALUES (1), (2);
         INSERT INTO desk VALUES (1, 1), (2, 1); INSERT INTO guest VALUES (1, 1), (2, 1);
         INSERT INTO firm_town VALUES (1, 1), (1, 2); INSERT INTO charter VALUES (1, 1);",
    );
    db.sql();
    db
}

fn rows(db: &Db) -> String {
    let count = |table: &str| db.rows(&format!("SELECT count(*) FROM {table}")).trim().to_owned();
    ["firm", "desk", "guest", "firm_town", "charter"].map(count).join(" ")
}

fn firm(session: &Session) -> Obj<Firm> {
    session.get_one::<Firm>(1).unwrap()
}

#[test]
fn what_is_not_loaded_is_left_to_the_database() {
    let db = filled();
    let session = db.session();
    let firm = firm(&session);
    db.sql();
    session.delete(&firm).unwrap();
    session.commit().unwrap();
    expect![[r#"
        DELETE FROM "firm" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(rows(&db), "0 0 2 0 0");
    assert_eq!(db.rows("SELECT count(*) FROM guest WHERE firm_id IS NULL").trim(), "2");
}

#[test]
fn what_is_loaded_is_deleted_and_emptied_here() {
    let db = filled();
    let session = db.session();
    let firm = firm(&session);
    let desks: Vec<_> = firm.desks().iter().unwrap().collect();
    let guests: Vec<_> = firm.guests().iter().unwrap().collect();
    firm.towns().len().unwrap();
    firm.charter().unwrap();
    db.sql();
    session.delete(&firm).unwrap();
    session.flush().unwrap();
    expect![[r#"
        DELETE FROM "firm_town" WHERE "firm_id" = ? AND "town_id" = ? [1, 1]
        DELETE FROM "firm_town" WHERE "firm_id" = ? AND "town_id" = ? [1, 2]
        UPDATE "guest" SET "firm_id" = ? WHERE "id" = ? [NULL, 1]
        UPDATE "guest" SET "firm_id" = ? WHERE "id" = ? [NULL, 2]
        DELETE FROM "charter" WHERE "id" = ? [1]
        DELETE FROM "desk" WHERE "id" = ? [1]
        DELETE FROM "desk" WHERE "id" = ? [2]
        DELETE FROM "firm" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    assert!(desks.iter().all(|desk| Obj::state(desk) == ObjectState::Deleted));
    assert!(guests.iter().all(|guest| guest.firm_id().unwrap().is_none()));
    session.commit().unwrap();
    assert_eq!(rows(&db), "0 0 2 0 0");
}

#[test]
fn of_many_parents_nothing_is_read() {
    let db = filled();
    db.run("INSERT INTO firm VALUES (2), (3); INSERT INTO desk VALUES (3, 2), (4, 3)");
    let session = db.session();
    let firms = session.scalars(select(Firm)).unwrap().all().unwrap();
    firms[1].desks().len().unwrap();
    db.sql();
    session.delete_all(&firms).unwrap();
    session.commit().unwrap();
    expect![[r#"
        DELETE FROM "desk" WHERE "id" = ? [3]
        DELETE FROM "firm" WHERE "id" = ? [1]
        DELETE FROM "firm" WHERE "id" = ? [2]
        DELETE FROM "firm" WHERE "id" = ? [3]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(rows(&db), "0 0 2 0 0");
}

#[test]
fn what_waits_for_a_collection_that_is_not_loaded_is_written_before() {
    let db = filled();
    let session = db.session();
    let firm = firm(&session);
    let other = session.add(Desk::builder()).unwrap();
    let (desk, guest) = (session.get_one::<Desk>(1).unwrap(), session.get_one::<Guest>(1).unwrap());
    session.flush().unwrap();
    // An orphan is deleted here, a guest loses its firm, and what comes to a firm that is deleted goes with it.
    desk.set_firm(None).unwrap();
    guest.set_firm(None).unwrap();
    other.set_firm(&firm).unwrap();
    db.sql();
    session.delete(&firm).unwrap();
    session.flush().unwrap();
    expect![[r#"
        UPDATE "guest" SET "firm_id" = ? WHERE "id" = ? [NULL, 1]
        DELETE FROM "desk" WHERE "id" = ? [1]
        DELETE FROM "desk" WHERE "id" = ? [3]
        DELETE FROM "firm" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(Obj::state(&other), ObjectState::Deleted);
    session.commit().unwrap();
    assert_eq!(rows(&db), "0 0 2 0 0");
}

#[test]
fn all_empties_no_key() {
    let db = filled();
    db.run("INSERT INTO log VALUES (1, 1), (2, 1)");
    let session = db.session();
    let firm = firm(&session);
    let first = firm.logs().get(0).unwrap().unwrap();
    firm.logs().remove(&first).unwrap();
    db.sql();
    session.flush().unwrap();
    assert_eq!(db.sql(), "", "what is taken out keeps its key");
    session.delete(&firm).unwrap();
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::Integrity);
    expect![[r#"
        DELETE FROM "firm" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    session.rollback().unwrap();
    db.run("UPDATE log SET firm_id = NULL");
    session.delete(&firm).unwrap();
    session.commit().unwrap();
    assert_eq!(rows(&db), "0 0 2 0 0");
}

#[test]
fn a_link_that_one_side_has_loaded_is_deleted_once() {
    let db = filled();
    let session = db.session();
    let (firm, town) = (firm(&session), session.get_one::<Town>(1).unwrap());
    town.firms().len().unwrap();
    session.delete(&firm).unwrap();
    session.delete(&town).unwrap();
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        DELETE FROM "firm_town" WHERE "town_id" = ? AND "firm_id" = ? [1, 1]
        DELETE FROM "firm" WHERE "id" = ? [1]
        DELETE FROM "town" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(rows(&db), "0 0 2 0 0");
}

#[test]
fn a_branch_goes_with_its_root() {
    let db = filled();
    db.run("INSERT INTO zone VALUES (1, 1, NULL), (1, 2, 1), (1, 3, 2), (1, 4, 2), (2, 1, NULL), (2, 2, 1)");
    let session = db.session();
    let root = session.get_one::<Zone>((1, 1)).unwrap();
    let part = root.parts().get(0).unwrap().unwrap();
    let leaf = session.get_one::<Zone>((1, 4)).unwrap();
    session.delete(&leaf).unwrap();
    db.sql();
    session.delete(&root).unwrap();
    session.flush().unwrap();
    expect![[r#"
        DELETE FROM "zone" WHERE "area" = ? AND "number" = ? [1, 4]
        DELETE FROM "zone" WHERE "area" = ? AND "number" = ? [1, 2]
        DELETE FROM "zone" WHERE "area" = ? AND "number" = ? [1, 1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(Obj::state(&part), ObjectState::Deleted);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT area, number FROM zone"), "2|1\n2|2\n");
}

#[test]
fn objects_of_rows_that_the_database_deleted_are_found_gone_when_they_are_loaded() {
    let db = filled();
    let session = db.session();
    let (firm, desk) = (firm(&session), session.get_one::<Desk>(2).unwrap());
    session.delete(&firm).unwrap();
    session.flush().unwrap();
    assert_eq!(Obj::state(&desk), ObjectState::Persistent);
    // A new row may get the key of the one that is gone.
    let new = session.add(Desk::builder()).unwrap();
    session.flush().unwrap();
    assert_eq!(new.id().unwrap(), 1);
    let second = session.add(Desk::builder()).unwrap();
    session.flush().unwrap();
    assert_eq!(second.id().unwrap(), 2);
    assert_eq!(session.get::<Desk>(2).unwrap().as_ref(), Some(&second));
    session.commit().unwrap();
    assert_eq!(rows(&db), "0 2 2 0 0");
}

#[test]
fn a_rollback_brings_everything_back() {
    let db = filled();
    let session = db.session();
    let firm = firm(&session);
    let desk = firm.desks().get(0).unwrap().unwrap();
    session.delete(&firm).unwrap();
    session.flush().unwrap();
    session.rollback().unwrap();
    assert_eq!(Obj::state(&desk), ObjectState::Persistent);
    assert_eq!(firm.desks().len().unwrap(), 2);
    assert_eq!(rows(&db), "1 2 2 2 1");
}
