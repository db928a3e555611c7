//! Keys that change of objects with links: which rows of association tables the flush changes, and which the database does.

use expect_test::expect;
use orm::prelude::*;
use tests::Db;

use super::flush;

orm::registry!(
    /// Classes whose keys stand in association tables.
    pub LinkedKeys
);

/// The flush changes the rows that hold its name.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = LinkedKeys)]
pub struct Actor {
    #[column(primary_key)]
    pub name: String,
    #[relationship(passive_updates = false, secondary = Casting, order_by = Play::title)]
    pub plays: Many<Play>,
}

/// The database changes those that hold its title.
#[derive(Mapped, Debug, Clone)]
#[mapped(registry = LinkedKeys)]
pub struct Play {
    #[column(primary_key)]
    pub title: String,
    #[relationship(secondary = Performance, order_by = Hall::name)]
    pub halls: Many<Hall>,
}

#[derive(Mapped, Debug, Clone)]
#[mapped(registry = LinkedKeys)]
pub struct Casting {
    #[column(primary_key, foreign_key = Actor::name, deferrable = "initially deferred")]
    pub actor_name: String,
    #[column(primary_key, foreign_key = Play::title, on_update = "cascade")]
    pub play_title: String,
}

#[derive(Mapped, Debug, Clone)]
#[mapped(registry = LinkedKeys)]
pub struct Hall {
    #[column(primary_key)]
    pub name: String,
}

#[derive(Mapped, Debug, Clone)]
#[mapped(registry = LinkedKeys)]
pub struct Performance {
    #[column(primary_key, foreign_key = Play::title, on_update = "cascade")]
    pub play_title: String,
    #[column(primary_key, foreign_key = Hall::name, on_update = "cascade")]
    pub hall_name: String,
}

fn linked() -> (Db, Session) {
    let db = Db::empty();
    LinkedKeys::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO actor VALUES ('ed'), ('kim'); INSERT INTO play VALUES ('a'), ('b'); INSERT INTO hall VALUES ('h');
         INSERT INTO casting VALUES ('ed', 'a'), ('ed', 'b'), ('kim', 'a'); INSERT INTO performance VALUES ('a', 'h')",
    );
    db.sql();
    let session = db.session();
    (db, session)
}

/// When the flush changes the rows, the database has changed what they hold of the other side.
#[test]
fn the_flush_changes_one_side_of_a_link_and_the_database_the_other() {
    let (db, session) = linked();
    let actor = session.get_one::<Actor>("ed").unwrap();
    let play = session.get_one::<Play>("a").unwrap();
    actor.set_name("edna").unwrap();
    play.set_title("z").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "play"."title" FROM "play", "casting" WHERE ? = "casting"."actor_name" AND "play"."title" = "casting"."play_title" ORDER BY "play"."title" ['ed']
        UPDATE "actor" SET "name" = ? WHERE "name" = ? ['edna', 'ed']
        UPDATE "play" SET "title" = ? WHERE "title" = ? ['z', 'a']
        UPDATE "casting" SET "actor_name" = ?, "play_title" = ? WHERE "actor_name" = ? AND "play_title" = ? ['edna', 'z', 'ed', 'z']
        UPDATE "casting" SET "actor_name" = ?, "play_title" = ? WHERE "actor_name" = ? AND "play_title" = ? ['edna', 'b', 'ed', 'b']
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM casting ORDER BY 1, 2"), "'edna'|'b'\n'edna'|'z'\n'kim'|'z'\n");
}

/// Links that the database changes are not loaded for it.
#[test]
fn the_database_changes_links_that_are_not_loaded() {
    let (db, session) = linked();
    session.get_one::<Play>("a").unwrap().set_title("z").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            UPDATE "play" SET "title" = ? WHERE "title" = ? ['z', 'a']
        "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM performance"), "'z'|'h'\n");
}
