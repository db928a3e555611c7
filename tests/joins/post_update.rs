//! `post_update`: rows that need each other, and rows that point at themselves. The foreign key is written by an update of
//! its own, after rows are inserted and before they are deleted.

use expect_test::{Expect, expect};
use orm::prelude::*;
use orm::{IntoObj, ObjectState, SessionConfig};
use tests::{Db, show};

orm::registry!(
    /// These classes.
    pub Posted
);

/// Of the balls of a person one is the favourite: the side with the key is written by itself.
#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct Person {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(foreign_key = Ball::id)]
    pub favorite_id: Option<i64>,
    #[relationship(foreign_keys = Ball::person_id, cascade = "all, delete-orphan", order_by = Ball::id)]
    pub balls: Many<Ball>,
    #[relationship(foreign_keys = Person::favorite_id, post_update)]
    pub favorite: Option<One<Ball>>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct Ball {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Person::id)]
    pub person_id: Option<i64>,
}

/// The other way round: the keys of the members are written by themselves, by both sides.
#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct Team {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Member::id)]
    pub captain_id: Option<i64>,
    #[relationship(foreign_keys = Member::team_id, post_update, backref = "team", order_by = Member::id)]
    pub members: Many<Member>,
    #[relationship(foreign_keys = Team::captain_id)]
    pub captain: Option<One<Member>>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct Member {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Team::id)]
    pub team_id: Option<i64>,
}

/// A tree whose branches stand one after another: only what comes next is written by itself.
#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct Branch {
    #[column(primary_key)]
    pub id: i64,
    pub path: String,
    #[column(foreign_key = Branch::id)]
    pub parent_id: Option<i64>,
    #[column(foreign_key = Branch::id)]
    pub prev_id: Option<i64>,
    #[column(foreign_key = Branch::id)]
    pub next_id: Option<i64>,
    #[relationship(foreign_keys = Branch::parent_id, back_populates = "parent", cascade = "all", order_by = Branch::id)]
    pub children: Many<Branch>,
    #[relationship(foreign_keys = Branch::parent_id, remote_side = Branch::id, back_populates = "children")]
    pub parent: Option<One<Branch>>,
    #[relationship(foreign_keys = Branch::prev_id, remote_side = Branch::id)]
    pub prev: Option<One<Branch>>,
    #[relationship(foreign_keys = Branch::next_id, remote_side = Branch::id, post_update)]
    pub next: Option<One<Branch>>,
}

/// A row that points at a row of its class, or at itself, by a key of two columns.
#[derive(Mapped, Debug)]
#[mapped(registry = Posted, foreign_key(columns(see_book, see_page), references(Page::book, Page::number)))]
pub struct Page {
    #[column(primary_key)]
    pub book: i64,
    #[column(primary_key)]
    pub number: i64,
    pub text: String,
    pub see_book: Option<i64>,
    pub see_page: Option<i64>,
    #[relationship(remote_side = (Page::book, Page::number), post_update)]
    pub see: Option<One<Page>>,
}

/// Children by several keys, and one that has them all.
#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct Owner {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(foreign_keys = Thing::owner_id, post_update, order_by = Thing::id)]
    pub things: Many<Thing>,
    #[relationship(foreign_keys = Thing::lender_id, post_update)]
    pub lent: WriteOnly<Thing>,
    #[relationship(foreign_keys = Thing::keeper_id, post_update)]
    pub kept: Dynamic<Thing>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct Thing {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(foreign_key = Owner::id)]
    pub owner_id: Option<i64>,
    #[column(foreign_key = Owner::id, on_delete = "set null")]
    pub lender_id: Option<i64>,
    #[column(foreign_key = Owner::id)]
    pub keeper_id: Option<i64>,
}

/// One clerk at a desk.
#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct Clerk {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Desk::id, unique)]
    pub desk_id: Option<i64>,
    #[relationship(post_update)]
    pub desk: Option<One<Desk>>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct Desk {
    #[column(primary_key)]
    pub id: i64,
}

/// Rooms go with their house, and one of them has its door.
#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct House {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Room::id)]
    pub door_id: Option<i64>,
    #[relationship(foreign_keys = Room::house_id, post_update, cascade = "all, delete-orphan", order_by = Room::id)]
    pub rooms: Many<Room>,
    #[relationship(foreign_keys = House::door_id)]
    pub door: Option<One<Room>>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct Room {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = House::id)]
    pub house_id: Option<i64>,
}

/// The side without the key alone, of rows that have something else.
#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct Pot {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(post_update, order_by = Lid::id)]
    pub lids: Many<Lid>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct Lid {
    #[column(primary_key)]
    pub id: i64,
    pub text: String,
    #[column(foreign_key = Pot::id)]
    pub pot_id: Option<i64>,
}

/// A cup by the ball in it, which others go by.
#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct Cup {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Ball::id, unique)]
    pub ball_id: Option<i64>,
    #[relationship(post_update)]
    pub ball: Option<One<Ball>>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Posted)]
pub struct Guess {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Cup::ball_id, on_update = "cascade")]
    pub cup_ball: Option<i64>,
    pub cup: Option<One<Cup>>,
}

fn posted() -> (Db, Session) {
    posted_like(false)
}

fn posted_like(like_sqlalchemy: bool) -> (Db, Session) {
    let db = Db::empty();
    Posted::create_all(&db.engine).unwrap();
    let config = SessionConfig::default().like_sqlalchemy(like_sqlalchemy);
    let session = Session::with_config(&db.engine, config);
    db.sql();
    (db, session)
}

/// Flushes, and states what ran.
fn flush(db: &Db, session: &Session, expected: Expect) {
    db.sql();
    session.flush().unwrap();
    expected.assert_eq(&db.sql());
}

fn balls<const N: usize>() -> [Obj<Ball>; N] {
    std::array::from_fn(|_| Ball::builder().into_obj().unwrap())
}

fn page(number: i64, text: &str) -> Obj<Page> {
    Page::builder().book(1).number(number).text(text).into_obj().unwrap()
}

fn branch(path: &str) -> Obj<Branch> {
    Branch::builder().path(path).into_obj().unwrap()
}

#[test]
fn rows_that_need_each_other_are_written_in_one_flush() {
    let (db, session) = posted();
    let balls = balls::<3>();
    let person = session.add(Person::builder().name("p").balls(balls.clone()).favorite(&balls[1])).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "person" ("name", "favorite_id") VALUES (?, ?) ['p', NULL]
        INSERT INTO "ball" ("person_id") VALUES (?) [1]
        INSERT INTO "ball" ("person_id") VALUES (?) [1]
        INSERT INTO "ball" ("person_id") VALUES (?) [1]
        UPDATE "person" SET "favorite_id" = ? WHERE "id" = ? [2, 1]
    "#]],
    );
    // Nothing is left to write.
    flush(&db, &session, expect![""]);
    session.commit().unwrap();
    assert_eq!(person.favorite_id().unwrap(), Some(2));
    assert_eq!(person.favorite().unwrap(), Some(balls[1].clone()));
    person.balls().iter().unwrap().for_each(drop);
    session.delete(&person).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "person" SET "favorite_id" = ? WHERE "id" = ? [NULL, 1]
        DELETE FROM "ball" WHERE "id" = ? [1]
        DELETE FROM "ball" WHERE "id" = ? [2]
        DELETE FROM "ball" WHERE "id" = ? [3]
        DELETE FROM "person" WHERE "id" = ? [1]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("select count(*) from ball"), "0\n");
}

#[test]
fn another_reference_is_one_update() {
    let (db, session) = posted();
    let balls = balls::<2>();
    let person = session.add(Person::builder().name("p").balls(balls.clone()).favorite(&balls[0])).unwrap();
    session.commit().unwrap();
    person.set_favorite(&balls[1]).unwrap();
    person.set_name("q").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "id", "name", "favorite_id" FROM "person" WHERE "id" = ? [1]
        UPDATE "person" SET "name" = ? WHERE "id" = ? ['q', 1]
        SELECT "id", "person_id" FROM "ball" WHERE "id" = ? [2]
        UPDATE "person" SET "favorite_id" = ? WHERE "id" = ? [2, 1]
    "#]],
    );
    // What was there before.
    person.set_favorite(&balls[0]).unwrap();
    person.set_favorite(&balls[1]).unwrap();
    flush(&db, &session, expect![""]);
    // A new row, which the other one waits for.
    person.set_favorite(Ball::builder().into_obj().unwrap()).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "ball" ("person_id") VALUES (?) [NULL]
        UPDATE "person" SET "favorite_id" = ? WHERE "id" = ? [3, 1]
    "#]],
    );
    // It is let go of, and deleted.
    session.delete(person.favorite().unwrap().unwrap()).unwrap();
    person.set_favorite(None).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "person" SET "favorite_id" = ? WHERE "id" = ? [NULL, 1]
        DELETE FROM "ball" WHERE "id" = ? [3]
    "#]],
    );
    // By its key alone.
    person.set_favorite_id(1).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "person" SET "favorite_id" = ? WHERE "id" = ? [1, 1]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("select name, favorite_id from person"), "'q'|1\n");
}

#[test]
fn a_reference_that_is_not_loaded_is_emptied() {
    let (db, session) = posted();
    let [ball] = balls();
    let person = session.add(Person::builder().name("p").favorite(&ball)).unwrap();
    session.commit().unwrap();
    person.set_favorite(None).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "id", "name", "favorite_id" FROM "person" WHERE "id" = ? [1]
        UPDATE "person" SET "favorite_id" = ? WHERE "id" = ? [NULL, 1]
    "#]],
    );
    assert_eq!(person.favorite().unwrap(), None);
}

#[test]
fn what_a_deleted_row_refers_to_is_let_go_of_first() {
    let (db, session) = posted();
    let [ball, other] = balls();
    let people =
        [&ball, &ball, &other].map(|ball| session.add(Person::builder().name("p").favorite(ball)).unwrap());
    session.commit().unwrap();
    // The ball of the first two is in the session, that of the third isn't.
    drop(other);
    assert_eq!(
        (people.each_ref().map(|p| p.name().unwrap()), ball.id().unwrap()),
        (["p"; 3].map(str::to_owned), 1)
    );
    session.no_autoflush(|_| {
        people.iter().for_each(|person| session.delete(person).unwrap());
        session.delete(&ball).unwrap();
    });
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "person" SET "favorite_id" = ? WHERE "id" = ? [NULL, 1]
        UPDATE "person" SET "favorite_id" = ? WHERE "id" = ? [NULL, 2]
        DELETE FROM "ball" WHERE "id" = ? [1]
        DELETE FROM "person" WHERE "id" = ? [1]
        DELETE FROM "person" WHERE "id" = ? [2]
        DELETE FROM "person" WHERE "id" = ? [3]
    "#]],
    );
    session.rollback().unwrap();
    assert_eq!(people[0].favorite_id().unwrap(), Some(1));
    // It is emptied in memory too, as in SQLAlchemy.
    session.delete(&people[0]).unwrap();
    session.commit().unwrap();
    assert_eq!(people[0].favorite_id().unwrap(), None);
    assert_eq!(db.rows("select id, favorite_id from person"), "2|1\n3|2\n");
}

#[test]
fn both_sides_of_the_key_write_it_once() {
    let (db, session) = posted();
    let members: [Obj<Member>; 3] = std::array::from_fn(|_| Member::builder().into_obj().unwrap());
    let team = session.add(Team::builder().members(members.clone()).captain(&members[0])).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "member" ("team_id") VALUES (?) [NULL]
        INSERT INTO "member" ("team_id") VALUES (?) [NULL]
        INSERT INTO "member" ("team_id") VALUES (?) [NULL]
        INSERT INTO "team" ("captain_id") VALUES (?) [1]
        UPDATE "member" SET "team_id" = ? WHERE "id" = ? [1, 1]
        UPDATE "member" SET "team_id" = ? WHERE "id" = ? [1, 2]
        UPDATE "member" SET "team_id" = ? WHERE "id" = ? [1, 3]
    "#]],
    );
    let other = session.add(Team::builder()).unwrap();
    // By the side with the key, and by the other one.
    members[1].set_team(&other).unwrap();
    other.members().append(&members[2]).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "team" ("captain_id") VALUES (?) [NULL]
        UPDATE "member" SET "team_id" = ? WHERE "id" = ? [2, 2]
        UPDATE "member" SET "team_id" = ? WHERE "id" = ? [2, 3]
    "#]],
    );
    team.members().remove(&members[0]).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "member" SET "team_id" = ? WHERE "id" = ? [NULL, 1]
    "#]],
    );
    team.members().append(&members[0]).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select id, team_id from member"), "1|1\n2|2\n3|2\n");
    // A team and its captain go, and a team whose members stay.
    session.delete(&team).unwrap();
    session.delete(&members[0]).unwrap();
    session.delete(&other).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "team"."id", "team"."captain_id" FROM "team" WHERE "team"."id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
        SELECT "member"."id", "member"."team_id" FROM "member" WHERE "member"."team_id" IN (SELECT +value FROM json_each(?)) ORDER BY "member"."id" ['[1,2]']
        UPDATE "member" SET "team_id" = ? WHERE "id" = ? [NULL, 1]
        UPDATE "member" SET "team_id" = ? WHERE "id" = ? [NULL, 2]
        UPDATE "member" SET "team_id" = ? WHERE "id" = ? [NULL, 3]
        DELETE FROM "team" WHERE "id" = ? [1]
        DELETE FROM "team" WHERE "id" = ? [2]
        DELETE FROM "member" WHERE "id" = ? [1]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("select id, team_id from member"), "2|NULL\n3|NULL\n");
}

#[test]
fn a_row_that_points_at_itself() {
    let (db, session) = posted();
    let own = session.add(page(1, "a")).unwrap();
    own.set_see(&own).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "page" ("book", "number", "text", "see_book", "see_page") VALUES (?, ?, ?, ?, ?) [1, 1, 'a', NULL, NULL]
        UPDATE "page" SET "see_book" = ?, "see_page" = ? WHERE "book" = ? AND "number" = ? [1, 1, 1, 1]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(own.see().unwrap(), Some(own.clone()));
    session.delete(&own).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "page" SET "see_book" = ?, "see_page" = ? WHERE "book" = ? AND "number" = ? [NULL, NULL, 1, 1]
        DELETE FROM "page" WHERE "book" = ? AND "number" = ? [1, 1]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("select count(*) from page"), "0\n");
}

#[test]
fn rows_in_a_circle() {
    let (db, session) = posted();
    let pages = [1, 2, 3].map(|number| page(number, "p"));
    for (at, page) in pages.iter().enumerate() {
        page.set_see(&pages[(at + 1) % 3]).unwrap();
        session.add(page).unwrap();
    }
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "page" ("book", "number", "text", "see_book", "see_page") VALUES (?, ?, ?, ?, ?) [1, 1, 'p', NULL, NULL]
        INSERT INTO "page" ("book", "number", "text", "see_book", "see_page") VALUES (?, ?, ?, ?, ?) [1, 2, 'p', NULL, NULL]
        INSERT INTO "page" ("book", "number", "text", "see_book", "see_page") VALUES (?, ?, ?, ?, ?) [1, 3, 'p', NULL, NULL]
        UPDATE "page" SET "see_book" = ?, "see_page" = ? WHERE "book" = ? AND "number" = ? [1, 2, 1, 1]
        UPDATE "page" SET "see_book" = ?, "see_page" = ? WHERE "book" = ? AND "number" = ? [1, 3, 1, 2]
        UPDATE "page" SET "see_book" = ?, "see_page" = ? WHERE "book" = ? AND "number" = ? [1, 1, 1, 3]
    "#]],
    );
    session.commit().unwrap();
    // The key of one is changed along with what it points at.
    pages[0].set_see(&pages[0]).unwrap();
    pages[2].set_see(None).unwrap();
    pages[1].set_text("q").unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            SELECT "book", "number", "text", "see_book", "see_page" FROM "page" WHERE "book" = ? AND "number" = ? [1, 2]
            UPDATE "page" SET "text" = ? WHERE "book" = ? AND "number" = ? ['q', 1, 2]
            SELECT "book", "number", "text", "see_book", "see_page" FROM "page" WHERE "book" = ? AND "number" = ? [1, 1]
            SELECT "book", "number", "text", "see_book", "see_page" FROM "page" WHERE "book" = ? AND "number" = ? [1, 3]
            UPDATE "page" SET "see_page" = ? WHERE "book" = ? AND "number" = ? [1, 1, 1]
            UPDATE "page" SET "see_book" = ?, "see_page" = ? WHERE "book" = ? AND "number" = ? [NULL, NULL, 1, 3]
        "#]],
    );
    pages.iter().for_each(|page| session.delete(page).unwrap());
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "page" SET "see_book" = ?, "see_page" = ? WHERE "book" = ? AND "number" = ? [NULL, NULL, 1, 1]
        UPDATE "page" SET "see_book" = ?, "see_page" = ? WHERE "book" = ? AND "number" = ? [NULL, NULL, 1, 2]
        DELETE FROM "page" WHERE "book" = ? AND "number" = ? [1, 1]
        DELETE FROM "page" WHERE "book" = ? AND "number" = ? [1, 2]
        DELETE FROM "page" WHERE "book" = ? AND "number" = ? [1, 3]
    "#]],
    );
}

/// As SQLAlchemy's test of siblings: an update runs only where it is needed.
#[test]
fn siblings_in_a_tree() {
    let (db, session) = posted();
    let root = branch("root");
    let children = ["about", "cats", "stories", "bruce"].map(branch);
    for (at, child) in children.iter().enumerate() {
        if at > 0 {
            children[at - 1].set_next(child).unwrap();
            child.set_prev(&children[at - 1]).unwrap();
        }
        root.children().append(child).unwrap();
    }
    session.add(&root).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "branch" ("path", "parent_id", "prev_id", "next_id") VALUES (?, ?, ?, ?) ['root', NULL, NULL, NULL]
        INSERT INTO "branch" ("path", "parent_id", "prev_id", "next_id") VALUES (?, ?, ?, ?) ['about', 1, NULL, NULL]
        INSERT INTO "branch" ("path", "parent_id", "prev_id", "next_id") VALUES (?, ?, ?, ?) ['cats', 1, 2, NULL]
        INSERT INTO "branch" ("path", "parent_id", "prev_id", "next_id") VALUES (?, ?, ?, ?) ['stories', 1, 3, NULL]
        INSERT INTO "branch" ("path", "parent_id", "prev_id", "next_id") VALUES (?, ?, ?, ?) ['bruce', 1, 4, NULL]
        UPDATE "branch" SET "next_id" = ? WHERE "id" = ? [3, 2]
        UPDATE "branch" SET "next_id" = ? WHERE "id" = ? [4, 3]
        UPDATE "branch" SET "next_id" = ? WHERE "id" = ? [5, 4]
    "#]],
    );
    let [about, cats, stories, _] = &children;
    session.no_autoflush(|_| {
        cats.set_parent(None).unwrap();
        stories.set_prev(about).unwrap();
        about.set_next(stories).unwrap();
        session.delete(cats).unwrap();
    });
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "branch" SET "next_id" = ? WHERE "id" = ? [NULL, 3]
        UPDATE "branch" SET "prev_id" = ? WHERE "id" = ? [2, 4]
        UPDATE "branch" SET "next_id" = ? WHERE "id" = ? [4, 2]
        DELETE FROM "branch" WHERE "id" = ? [3]
    "#]],
    );
    session.delete(&root).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "branch" SET "next_id" = ? WHERE "id" = ? [NULL, 2]
        UPDATE "branch" SET "next_id" = ? WHERE "id" = ? [NULL, 4]
        DELETE FROM "branch" WHERE "id" = ? [5]
        DELETE FROM "branch" WHERE "id" = ? [4]
        DELETE FROM "branch" WHERE "id" = ? [2]
        DELETE FROM "branch" WHERE "id" = ? [1]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("select count(*) from branch"), "0\n");
    let (about, cats) = (branch("about"), branch("cats"));
    about.set_next(&cats).unwrap();
    cats.set_prev(&about).unwrap();
    session.add(&about).unwrap();
    session.flush().unwrap();
    session.delete(&about).unwrap();
    cats.set_prev(None).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "branch" SET "next_id" = ? WHERE "id" = ? [NULL, 1]
        UPDATE "branch" SET "prev_id" = ? WHERE "id" = ? [NULL, 2]
        DELETE FROM "branch" WHERE "id" = ? [1]
    "#]],
    );
}

#[test]
fn rows_with_the_same_columns_are_updated_together() {
    let (db, session) = posted();
    let things = ["a", "b", "c", "d"].map(|name| Thing::builder().name(name).into_obj().unwrap());
    let owner = session.add(Owner::builder().things(things.clone())).unwrap();
    owner.lent().add(&things[1]).unwrap();
    owner.kept().add(&things[1]).unwrap();
    owner.kept().add(&things[3]).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "owner" DEFAULT VALUES
        INSERT INTO "thing" ("name", "owner_id", "lender_id", "keeper_id") VALUES (?, ?, ?, ?) ['a', NULL, NULL, NULL]
        INSERT INTO "thing" ("name", "owner_id", "lender_id", "keeper_id") VALUES (?, ?, ?, ?) ['b', NULL, NULL, NULL]
        INSERT INTO "thing" ("name", "owner_id", "lender_id", "keeper_id") VALUES (?, ?, ?, ?) ['c', NULL, NULL, NULL]
        INSERT INTO "thing" ("name", "owner_id", "lender_id", "keeper_id") VALUES (?, ?, ?, ?) ['d', NULL, NULL, NULL]
        UPDATE "thing" SET "owner_id" = ? WHERE "id" = ? [1, 1]
        UPDATE "thing" SET "owner_id" = ?, "lender_id" = ?, "keeper_id" = ? WHERE "id" = ? [1, 1, 1, 2]
        UPDATE "thing" SET "owner_id" = ? WHERE "id" = ? [1, 3]
        UPDATE "thing" SET "owner_id" = ?, "keeper_id" = ? WHERE "id" = ? [1, 1, 4]
    "#]],
    );
    session.commit().unwrap();
    owner.things().remove(&things[0]).unwrap();
    owner.kept().remove(&things[1]).unwrap();
    owner.lent().remove(&things[1]).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "thing" SET "owner_id" = ? WHERE "id" = ? [NULL, 1]
        UPDATE "thing" SET "lender_id" = ?, "keeper_id" = ? WHERE "id" = ? [NULL, NULL, 2]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(
        db.rows("select name, owner_id, lender_id, keeper_id from thing"),
        "'a'|NULL|NULL|NULL\n'b'|1|NULL|NULL\n'c'|1|NULL|NULL\n'd'|1|NULL|1\n"
    );
}

#[test]
fn a_row_that_is_gone_is_stale() {
    let (_db, session) = posted();
    let [ball] = balls();
    let person = session.add(Person::builder().name("p")).unwrap();
    session.add(&ball).unwrap();
    session.flush().unwrap();
    session.connection().unwrap().execute_batch("delete from person").unwrap();
    person.set_favorite(&ball).unwrap();
    expect!["[stale-data] `Person`: an update of 1 row(s) in `person` matched 0; help: somebody else changed or deleted the row: roll back and load it again"].assert_eq(&show(session.flush()));
    session.rollback().unwrap();
    assert_eq!(Obj::state(&person), ObjectState::Transient);
}

/// Of a pair of rows one is deleted, and another one takes its place, which only one may have.
#[test]
fn a_unique_key_is_let_go_of_before_it_is_given() {
    let (db, session) = posted();
    let desk = session.add(Desk::builder()).unwrap();
    let first = session.add(Clerk::builder().desk(&desk)).unwrap();
    session.commit().unwrap();
    session.no_autoflush(|_| {
        session.delete(&first).unwrap();
        session.add(Clerk::builder().desk(&desk)).unwrap();
    });
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "id", "desk_id" FROM "clerk" WHERE "id" = ? [1]
        INSERT INTO "clerk" ("desk_id") VALUES (?) [NULL]
        SELECT "id" FROM "desk" WHERE "id" = ? [1]
        UPDATE "clerk" SET "desk_id" = ? WHERE "id" = ? [NULL, 1]
        UPDATE "clerk" SET "desk_id" = ? WHERE "id" = ? [1, 2]
        DELETE FROM "clerk" WHERE "id" = ? [1]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("select id, desk_id from clerk"), "2|1\n");
}

#[test]
fn a_row_that_is_taken_over_keeps_no_key() {
    let (db, session) = posted();
    let (a, b) = (page(1, "a"), page(2, "b"));
    a.set_see(&b).unwrap();
    session.add(&a).unwrap();
    session.commit().unwrap();
    session.delete(&a).unwrap();
    let own = page(1, "c");
    own.set_see(&own).unwrap();
    session.no_autoflush(|_| session.add(&own)).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        SELECT "book", "number", "text", "see_book", "see_page" FROM "page" WHERE "book" = ? AND "number" = ? [1, 1]
        UPDATE "page" SET "text" = ?, "see_book" = ?, "see_page" = ? WHERE "book" = ? AND "number" = ? ['c', NULL, NULL, 1, 1]
        UPDATE "page" SET "see_book" = ?, "see_page" = ? WHERE "book" = ? AND "number" = ? [1, 1, 1, 1]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("select number, text, see_page from page"), "1|'c'|1\n2|'b'|NULL\n");
}

/// The row gets another key, and is found by it.
#[test]
fn a_key_that_changes_in_the_same_flush() {
    let (db, session) = posted();
    let page = session.add(page(1, "a")).unwrap();
    session.commit().unwrap();
    page.set_number(7).unwrap();
    page.set_see(&page).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "page" SET "number" = ? WHERE "book" = ? AND "number" = ? [7, 1, 1]
        UPDATE "page" SET "see_book" = ?, "see_page" = ? WHERE "book" = ? AND "number" = ? [1, 7, 1, 7]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("select number, see_page from page"), "7|7\n");
}

#[test]
fn a_failed_flush_is_taken_back_and_done_again() {
    let (db, session) = posted();
    let (one, two) = (page(1, "a"), page(2, "b"));
    one.set_see(&two).unwrap();
    two.set_see(&one).unwrap();
    let savepoint = session.begin_nested().unwrap();
    session.add(&one).unwrap();
    session
        .connection()
        .unwrap()
        .execute_batch("create trigger no before update on page begin select raise(abort, 'no'); end")
        .unwrap();
    assert!(session.flush().is_err());
    savepoint.rollback().unwrap();
    session.add(&one).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "page" ("book", "number", "text", "see_book", "see_page") VALUES (?, ?, ?, ?, ?) [1, 1, 'a', NULL, NULL]
        INSERT INTO "page" ("book", "number", "text", "see_book", "see_page") VALUES (?, ?, ?, ?, ?) [1, 2, 'b', NULL, NULL]
        UPDATE "page" SET "see_book" = ?, "see_page" = ? WHERE "book" = ? AND "number" = ? [1, 2, 1, 1]
        UPDATE "page" SET "see_book" = ?, "see_page" = ? WHERE "book" = ? AND "number" = ? [1, 1, 1, 2]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("select number, see_page from page"), "1|2\n2|1\n");
}

/// Children that are deleted with their parent lose their key before, since the rows go in any order.
#[test]
fn what_a_cascade_deletes_loses_its_key_before() {
    let (db, session) = posted();
    let rooms = [Room::builder(), Room::builder()].map(|room| room.into_obj().unwrap());
    let house = session.add(House::builder().rooms(rooms.clone()).door(&rooms[1])).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "room" ("house_id") VALUES (?) [NULL]
        INSERT INTO "room" ("house_id") VALUES (?) [NULL]
        INSERT INTO "house" ("door_id") VALUES (?) [2]
        UPDATE "room" SET "house_id" = ? WHERE "id" = ? [1, 1]
        UPDATE "room" SET "house_id" = ? WHERE "id" = ? [1, 2]
    "#]],
    );
    session.commit().unwrap();
    house.rooms().remove(&rooms[0]).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        DELETE FROM "room" WHERE "id" = ? [1]
    "#]],
    );
    session.commit().unwrap();
    drop(rooms);
    session.delete(&house).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "room" SET "house_id" = ? WHERE "id" = ? [NULL, 2]
        DELETE FROM "house" WHERE "id" = ? [1]
        DELETE FROM "room" WHERE "id" = ? [2]
    "#]],
    );
    session.commit().unwrap();
    assert_eq!(db.rows("select count(*) from room"), "0\n");
}

/// What refers to a key that is written by itself follows it, as the database has it.
#[test]
fn what_refers_to_such_a_key_follows() {
    let (_db, session) = posted();
    let balls = balls::<2>();
    let cup = session.add(Cup::builder().ball(&balls[0])).unwrap();
    session.add(&balls[1]).unwrap();
    session.commit().unwrap();
    let guess = session.add(Guess::builder().cup(&cup)).unwrap();
    session.flush().unwrap();
    assert_eq!(guess.cup_ball().unwrap(), Some(1));
    cup.set_ball(&balls[1]).unwrap();
    session.flush().unwrap();
    assert_eq!(guess.cup_ball().unwrap(), Some(2));
    // Where the cup is deleted it is loaded again, as in SQLAlchemy.
    session.delete(&cup).unwrap();
    session.flush().unwrap();
    assert_eq!(guess.cup_ball().unwrap(), Some(2));
    session.commit().unwrap();
    assert_eq!(guess.cup_ball().unwrap(), None);
}

/// Of a row whose key was set by hand, while nothing was loaded by it, the deletion empties nothing.
#[test]
fn a_key_that_leads_to_nothing_in_memory_is_not_emptied() {
    for like_sqlalchemy in [false, true] {
        let (db, session) = posted_like(like_sqlalchemy);
        let [ball] = balls();
        session.add(&ball).unwrap();
        let person = session.add(Person::builder().name("p")).unwrap();
        session.flush().unwrap();
        assert_eq!(person.favorite().unwrap(), None);
        person.set_favorite_id(1).unwrap();
        session.flush().unwrap();
        session.delete(&person).unwrap();
        db.sql();
        session.flush().unwrap();
        let sql = db.sql();
        assert!(
            sql.ends_with("DELETE FROM \"person\" WHERE \"id\" = ? [1]\n") && !sql.contains("UPDATE"),
            "{sql}"
        );
    }
}

/// Rows that were inserted get their keys in the order in which they came to the session.
#[test]
fn new_rows_in_the_order_in_which_they_came() {
    let (db, session) = posted();
    let (first, second, root) = (branch("b/a"), branch("b/b"), branch("b"));
    first.set_parent(&root).unwrap();
    second.set_parent(&first).unwrap();
    session.no_autoflush(|session| session.add_all([&second, &first, &root])).unwrap();
    for one in [&root, &first, &second] {
        one.set_next(one).unwrap();
    }
    flush(
        &db,
        &session,
        expect![[r#"
        INSERT INTO "branch" ("path", "parent_id", "prev_id", "next_id") VALUES (?, ?, ?, ?) ['b', NULL, NULL, NULL]
        INSERT INTO "branch" ("path", "parent_id", "prev_id", "next_id") VALUES (?, ?, ?, ?) ['b/a', 1, NULL, NULL]
        INSERT INTO "branch" ("path", "parent_id", "prev_id", "next_id") VALUES (?, ?, ?, ?) ['b/b', 2, NULL, NULL]
        UPDATE "branch" SET "next_id" = ? WHERE "id" = ? [3, 3]
        UPDATE "branch" SET "next_id" = ? WHERE "id" = ? [2, 2]
        UPDATE "branch" SET "next_id" = ? WHERE "id" = ? [1, 1]
    "#]],
    );
}

/// A key by hand is written with its row, once, where nothing was loaded by it.
#[test]
fn a_key_by_hand_is_written_once() {
    for like_sqlalchemy in [false, true] {
        let (db, session) = posted_like(like_sqlalchemy);
        let balls = balls::<2>();
        session.add_all(&balls).unwrap();
        let person = session.add(Person::builder().name("p").favorite(&balls[0])).unwrap();
        session.commit().unwrap();
        person.set_favorite_id(2).unwrap();
        person.set_name("q").unwrap();
        flush(
            &db,
            &session,
            expect![[r#"
                SELECT "id", "name", "favorite_id" FROM "person" WHERE "id" = ? [1]
                UPDATE "person" SET "name" = ?, "favorite_id" = ? WHERE "id" = ? ['q', 2, 1]
            "#]],
        );
    }
}

/// What is changed besides is written with the row, and the key once.
#[test]
fn a_row_that_changes_while_its_owner_goes() {
    let (db, session) = posted();
    let lids = ["a", "b"].map(|text| Lid::builder().text(text));
    let owner = session.add(Pot::builder().lids(lids)).unwrap();
    session.commit().unwrap();
    let lids: Vec<_> = owner.lids().iter().unwrap().collect();
    lids[1].set_text("B").unwrap();
    session.no_autoflush(|session| session.delete(&owner)).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
        UPDATE "lid" SET "text" = ? WHERE "id" = ? ['B', 2]
        UPDATE "lid" SET "pot_id" = ? WHERE "id" = ? [NULL, 1]
        UPDATE "lid" SET "pot_id" = ? WHERE "id" = ? [NULL, 2]
        DELETE FROM "pot" WHERE "id" = ? [1]
    "#]],
    );
}

/// Objects keep the keys that a flush gave them which is taken back. They are no part of the new rows.
#[test]
fn keys_of_a_flush_that_failed_are_given_anew() {
    let (db, session) = posted();
    let pot = session.add(Pot::builder().lids([Lid::builder().text("a")])).unwrap();
    let cup = session.add(Cup::builder().ball(Ball::builder())).unwrap();
    fail(&session);
    session.add(&pot).unwrap();
    session.add(&cup).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            INSERT INTO "ball" ("id", "person_id") VALUES (?, ?) [1, NULL]
            INSERT INTO "cup" ("id", "ball_id") VALUES (?, ?) [1, NULL]
            INSERT INTO "lid" ("id", "text", "pot_id") VALUES (?, ?, ?) [1, 'a', NULL]
            INSERT INTO "pot" ("id") VALUES (?) [1]
            UPDATE "cup" SET "ball_id" = ? WHERE "id" = ? [1, 1]
            UPDATE "lid" SET "pot_id" = ? WHERE "id" = ? [1, 1]
        "#]],
    );
}

/// In SQLAlchemy they are inserted too, and written again.
#[test]
fn sqlalchemy_inserts_keys_of_a_flush_that_failed() {
    let (db, session) = posted_like(true);
    session.add(Pot::builder().lids([Lid::builder().text("a")])).unwrap();
    let cup = session.add(Cup::builder().ball(Ball::builder())).unwrap();
    fail(&session);
    session.add(&cup).unwrap();
    flush(
        &db,
        &session,
        expect![[r#"
            INSERT INTO "ball" ("id", "person_id") VALUES (?, ?) [1, NULL]
            INSERT INTO "cup" ("id", "ball_id") VALUES (?, ?) [1, 1]
            UPDATE "cup" SET "ball_id" = ? WHERE "id" = ? [1, 1]
        "#]],
    );
}

/// That the row of an expired object is gone is found out before the keys of others are written.
#[test]
fn a_row_that_is_gone_fails_the_flush_before_keys_are_written() {
    let (db, session) = posted_like(false);
    let team = session.add(Team::builder()).unwrap();
    let members = session.add_all((Member::builder(), Member::builder())).unwrap();
    session.commit().unwrap();
    session.connection().unwrap().execute_batch("delete from member where id = 2").unwrap();
    team.members().append(&members.0).unwrap();
    team.members().append(&members.1).unwrap();
    db.sql();
    let failed = show(session.flush());
    expect![[r#"
        SELECT "id", "team_id" FROM "member" WHERE "id" = ? [1]
        SELECT "id", "team_id" FROM "member" WHERE "id" = ? [2]
        [object-deleted] `Member`: the row of Member#2 is gone; help: somebody else deleted it; expunge the object"#]].assert_eq(&format!("{}{failed}", db.sql()));
}

/// A flush that fails at the key of a lid, and is taken back.
fn fail(session: &Session) {
    let sql = "create trigger no before update on lid begin select raise(abort, 'no'); end";
    session.connection().unwrap().execute_batch(sql).unwrap();
    session.flush().unwrap_err();
    session.rollback().unwrap();
}
