//! Structs of other crates, described here: their values become objects, and objects such values.

use expect_test::expect;
use orm::Code;
use orm::prelude::*;
use tests::elsewhere::plain::Song;
use tests::{Db, code, show};

orm::registry!(pub Songs);

/// What [`Song`] is in the database.
#[derive(Mapped)]
#[mapped(remote = "tests::elsewhere::plain::Song", table = "song", registry = Songs)]
struct SongMap {
    #[column(primary_key)]
    id: i64,
    #[column(name = "song_title", unique)]
    title: String,
    seconds: Option<i64>,
    #[relationship(back_populates = "song", cascade = "all, delete-orphan")]
    plays: Many<Play>,
}

#[derive(Mapped)]
#[mapped(registry = Songs)]
struct Play {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = SongMap::id)]
    song_id: i64,
    #[relationship(back_populates = "plays")]
    song: One<SongMap>,
}

fn song(id: i64, title: &str, seconds: Option<i64>) -> Song {
    Song { id, title: title.to_owned(), seconds }
}

#[test]
fn values_of_another_crate_become_objects_and_objects_such_values() {
    let db = Db::empty();
    Songs::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    let kerala = session.add(song(0, "Kerala", Some(237))).unwrap();
    let play = session.add(Play::builder().song(song(0, "Kong", None))).unwrap();
    kerala.plays().append(Play::builder()).unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "song" ("song_title", "seconds") VALUES (?, ?) ['Kerala', 237]
        INSERT INTO "song" ("song_title", "seconds") VALUES (?, ?) ['Kong', NULL]
        INSERT INTO "play" ("song_id") VALUES (?) [2]
        INSERT INTO "play" ("song_id") VALUES (?) [1]
    "#]]
    .assert_eq(&db.sql());
    let value: Song = kerala.to_value().unwrap();
    assert_eq!(value, song(1, "Kerala", Some(237)));
    assert_eq!(play.song().unwrap().to_value().unwrap(), song(2, "Kong", None));
    // What another copy of the program changed.
    let merged = session.merge(song(1, "Kerala", Some(240))).unwrap();
    assert_eq!(merged, kerala);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM song"), "1|'Kerala'|240\n2|'Kong'|NULL\n");
    let found = session.scalars(select(SongMap).filter(SongMap::title.eq("Kong"))).unwrap().one().unwrap();
    assert_eq!(found.to_value().unwrap().seconds, None);
    let values = session.values(select(SongMap).order_by(SongMap::id)).unwrap().all().unwrap();
    assert_eq!(values, [song(1, "Kerala", Some(240)), song(2, "Kong", None)]);
    let rows = [song(7, "Linked", None)].map(SongMap::from);
    session.run(orm::insert(SongMap).rows(rows)).unwrap();
    assert_eq!(session.get_one::<SongMap>(7).unwrap().title().unwrap(), "Linked");
    assert_eq!(code(session.add(song(0, "Kong", None)).and_then(|_| session.flush())), Code::Integrity);
}

#[test]
fn values_of_queries_are_those_of_another_crate() {
    let db = Db::empty();
    Songs::create_all(&db.engine).unwrap();
    let session = db.session();
    session
        .add(song(0, "Kerala", Some(237)))
        .and_then(|kerala| kerala.plays().append(Play::builder()))
        .unwrap();
    session.add(song(0, "Kong", None)).unwrap();
    session.commit().unwrap();
    db.sql();
    let rows = select((Play::id, SongMap)).join(Play::song);
    let rows: Vec<(i64, Song)> = session.values(rows).unwrap().all().unwrap();
    assert_eq!(rows, [(1, song(1, "Kerala", Some(237)))]);
    let rows = select((SongMap::id, Play::song_id.optional(), SongMap.optional())).outer_join(SongMap::plays);
    let rows: Vec<(i64, Option<i64>, Option<Song>)> =
        session.values(rows.order_by(SongMap::id)).unwrap().all().unwrap();
    assert_eq!(
        rows,
        [(1, Some(1), Some(song(1, "Kerala", Some(237)))), (2, None, Some(song(2, "Kong", None)))]
    );
    // Within another value it is the description, which has relationships.
    let plays = session.values(select(Play).options(selectin(Play::song))).unwrap().all().unwrap();
    assert_eq!(plays[0].song.get().map(|song| song.title.as_str()), Some("Kerala"));
    assert_eq!(Obj::to_value(&session.get_one::<SongMap>(2).unwrap()).unwrap(), song(2, "Kong", None));
    expect![[r#"
        SELECT "play"."id", "song"."id", "song"."song_title", "song"."seconds" FROM "play" JOIN "song" ON "song"."id" = "play"."song_id"
        SELECT "song"."id", "play"."song_id", "song"."id", "song"."song_title", "song"."seconds" FROM "song" LEFT JOIN "play" ON "song"."id" = "play"."song_id" ORDER BY "song"."id"
        SELECT "play"."id", "play"."song_id" FROM "play"
        SELECT "song"."id", "song"."song_title", "song"."seconds" FROM "song" WHERE "song"."id" IN (SELECT +value FROM json_each(?)) ['[1]']
        SELECT "id", "song_title", "seconds" FROM "song" WHERE "id" = ? [2]
    "#]].assert_eq(&db.sql());
    let with =
        session.values(select(SongMap).options(selectin(SongMap::plays))).and_then(|values| values.all());
    expect!["[query] `SongMap.plays`: the struct that the class describes has no field for a relationship; help: ask for objects, and take their values by `to_value_nested()`"].assert_eq(&show(with.map(|_| ())));
    let kerala = session.get_one::<SongMap>(1).unwrap();
    kerala.plays().len().unwrap();
    assert_eq!(kerala.to_value_nested().unwrap().plays.iter().count(), 1);
}

#[test]
fn values_of_another_crate_travel() {
    let db = Db::empty();
    Songs::create_all(&db.engine).unwrap();
    let made = std::thread::spawn(|| song(0, "Kerala", None)).join().unwrap();
    let value = db.engine.transaction(|session| {
        let song = session.add(made.clone())?;
        session.flush()?;
        song.to_value()
    });
    let title = std::thread::spawn(move || value.unwrap().title).join().unwrap();
    assert_eq!(title, "Kerala");
}
