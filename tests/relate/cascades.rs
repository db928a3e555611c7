//! What goes along with an object: by default, and where one side of a relationship says more than the other.

use expect_test::expect;
use orm::prelude::*;
use orm::{IntoObj, ObjectState};
use tests::Db;

orm::registry!(
    /// These classes.
    pub Cascades
);

/// Neither side says a cascade.
#[derive(Mapped, Debug)]
#[mapped(registry = Cascades)]
pub struct Owner {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(back_populates = "owner", order_by = Pet::id)]
    pub pets: Many<Pet>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Cascades)]
pub struct Pet {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(foreign_key = Owner::id)]
    pub owner_id: Option<i64>,
    #[relationship(back_populates = "pets")]
    pub owner: Option<One<Owner>>,
}

/// This side has cascades, and is loaded at once.
#[derive(Mapped, Debug)]
#[mapped(registry = Cascades)]
pub struct Keeper {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(
        back_populates = "keeper",
        cascade = "all, delete-orphan",
        lazy = "selectin",
        order_by = Animal::id
    )]
    pub animals: Many<Animal>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Cascades)]
pub struct Animal {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Keeper::id)]
    pub keeper_id: Option<i64>,
    #[relationship(back_populates = "animals")]
    pub keeper: Option<One<Keeper>>,
}

/// Their names are their keys, and the links follow.
#[derive(Mapped, Debug)]
#[mapped(registry = Cascades)]
pub struct Song {
    #[column(primary_key)]
    pub name: String,
    #[relationship(secondary = Plays, back_populates = "songs")]
    pub bands: Many<Band>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Cascades)]
pub struct Band {
    #[column(primary_key)]
    pub name: String,
    #[relationship(secondary = Plays, back_populates = "bands")]
    pub songs: Many<Song>,
}

#[derive(Table)]
#[mapped(registry = Cascades)]
pub struct Plays {
    #[column(primary_key, foreign_key = Song::name, on_update = "cascade")]
    pub song: String,
    #[column(primary_key, foreign_key = Band::name, on_update = "cascade")]
    pub band: String,
}

/// It says no depth.
#[derive(Mapped, Debug)]
#[mapped(registry = Cascades)]
pub struct Bough {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Bough::id)]
    pub parent_id: Option<i64>,
    #[relationship(lazy = "joined", order_by = Bough::id)]
    pub boughs: Many<Bough>,
}

fn cascades() -> Db {
    let db = Db::empty();
    Cascades::create_all(&db.engine).unwrap();
    db.sql();
    db
}

fn pet(name: &str) -> PetBuilder {
    Pet::builder().name(name)
}

/// Adding and merging go along; expunging and deleting don't.
#[test]
fn where_nothing_is_said() {
    let db = cascades();
    let session = db.session();
    let owner = Owner::builder().pets([pet("one")]).into_obj().unwrap();
    let first = owner.pets().get(0).unwrap().unwrap();
    session.add(&owner).unwrap();
    let second = owner.pets().append(pet("two")).unwrap();
    assert_eq!((Obj::state(&first), Obj::state(&second)), (ObjectState::Pending, ObjectState::Pending));
    session.commit().unwrap();

    assert_eq!((owner.id().unwrap(), owner.pets().len().unwrap()), (1, 2));
    first.set_name("changed").unwrap();
    let other = db.session();
    other.merge(&owner).unwrap();
    assert_eq!(other.get_one::<Pet>(1).unwrap().name().unwrap(), "changed");
    other.rollback().unwrap();
    session.rollback().unwrap();

    assert_eq!(owner.pets().len().unwrap(), 2);
    session.expunge(&owner).unwrap();
    assert_eq!((Obj::state(&owner), Obj::state(&first)), (ObjectState::Detached, ObjectState::Persistent));
    session.add(&owner).unwrap();
    session.delete(&owner).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select name, owner_id from pet"), "'one'|NULL\n'two'|NULL\n");
}

/// What was taken out comes along too, so that it loses its key.
#[test]
fn what_was_taken_out_is_added_too() {
    let db = cascades();
    let session = db.session();
    let owner = session.add(Owner::builder().pets([pet("one"), pet("two")])).unwrap();
    session.commit().unwrap();
    assert_eq!((owner.id().unwrap(), owner.pets().len().unwrap()), (1, 2));
    let first = owner.pets().get(0).unwrap().unwrap();
    session.expunge_all();
    owner.pets().remove(&first).unwrap();
    let other = db.session();
    other.add(&owner).unwrap();
    assert!(other.contains(&first));
    db.sql();
    other.commit().unwrap();
    expect![[r#"
        UPDATE "pet" SET "owner_id" = ? WHERE "id" = ? [NULL, 1]
    "#]]
    .assert_eq(&db.sql());
}

/// A deletion and a strategy are of the side that says them.
#[test]
fn each_side_has_its_own() {
    let db = cascades();
    db.run("insert into keeper values (1); insert into animal values (1, 1), (2, 1)");
    db.sql();
    let session = db.session();
    let animal = session.scalars(select(Animal).filter(Animal::id.eq(1))).unwrap().one().unwrap();
    session.delete(&animal).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "animal"."id", "animal"."keeper_id" FROM "animal" WHERE "animal"."id" = ? [1]
        DELETE FROM "animal" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    let keeper = session.scalars(select(Keeper)).unwrap().one().unwrap();
    assert!(keeper.animals().is_loaded().unwrap());
    session.delete(&keeper).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "keeper"."id" FROM "keeper"
        SELECT "animal"."id", "animal"."keeper_id" FROM "animal" WHERE ? = "animal"."keeper_id" ORDER BY "animal"."id" [1]
        DELETE FROM "animal" WHERE "id" = ? [2]
        DELETE FROM "keeper" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
}

/// An object is an orphan when it has lost a parent, not while it had none.
#[test]
fn a_new_object_that_never_had_a_parent_is_written() {
    let db = cascades();
    let session = db.session();
    session.add(Animal::builder()).unwrap();
    let lost = Animal::builder().into_obj().unwrap();
    let keeper = session.add(Keeper::builder().animals([lost.clone()])).unwrap();
    keeper.animals().remove(&lost).unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "keeper" DEFAULT VALUES
        INSERT INTO "animal" ("keeper_id") VALUES (?) [NULL]
    "#]]
    .assert_eq(&db.sql());
}

/// The database changes the links; what is written of them afterwards goes by the new keys.
#[test]
fn links_follow_the_keys_of_both_sides() {
    let db = cascades();
    let session = db.session();
    let song = session.add(Song::builder().name("a").bands([Band::builder().name("x")])).unwrap();
    session.commit().unwrap();
    let band = song.bands().get(0).unwrap().unwrap();
    assert_eq!((band.name().unwrap(), band.songs().len().unwrap()), ("x".to_owned(), 1));
    song.set_name("b").unwrap();
    band.set_name("y").unwrap();
    db.sql();
    session.flush().unwrap();
    assert_eq!(db.rows_in(&session, "select song, band from plays"), "'b'|'y'\n");
    band.songs().remove(&song).unwrap();
    session.commit().unwrap();
    expect![[r#"
        UPDATE "band" SET "name" = ? WHERE "name" = ? ['y', 'x']
        UPDATE "song" SET "name" = ? WHERE "name" = ? ['b', 'a']
        DELETE FROM "plays" WHERE "band" = ? AND "song" = ? ['y', 'b']
    "#]]
    .assert_eq(&db.sql());
}

/// A class that leads to itself is joined as deep as it says, and not at all where it says nothing.
#[test]
fn a_class_of_itself_is_not_joined_without_a_depth() {
    let db = cascades();
    db.run("insert into bough values (1, null), (2, 1)");
    db.sql();
    let session = db.session();
    let root = session.scalars(select(Bough).filter(Bough::id.eq(1))).unwrap().one().unwrap();
    assert_eq!(root.boughs().len().unwrap(), 1);
    expect![[r#"
        SELECT "bough"."id", "bough"."parent_id" FROM "bough" WHERE "bough"."id" = ? [1]
        SELECT "bough"."id", "bough"."parent_id" FROM "bough" WHERE ? = "bough"."parent_id" ORDER BY "bough"."id" [1]
    "#]].assert_eq(&db.sql());
}
