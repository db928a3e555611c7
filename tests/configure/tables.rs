//! Tables that no struct was written for: declared in code or read from a database, and used by names.

use expect_test::expect;
use orm::mapper::{NewColumn, NewRelationship, NewTable};
use orm::prelude::*;
use orm::{AnyItem, AnyObj, Code, Related, Value, select};
use tests::{Db, code, show};

/// A registry without classes.
macro_rules! registry {
    ($module:ident) => {
        mod $module {
            orm::registry!(
                /// Tables that a test maps.
                pub Tables
            );
        }
    };
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn new(mapper: &'static orm::Mapper, values: &[(&str, Value)]) -> AnyObj {
    let object = AnyObj::create(mapper).unwrap();
    for (name, value) in values {
        object.set(name, value).unwrap();
    }
    object
}

registry!(declared);

/// Countries and cities, and a struct's class among them.
mod with_struct {
    use orm::AnyClass;
    use orm::prelude::*;

    #[derive(Mapped, Debug, Default)]
    #[mapped(registry = super::declared::Tables)]
    pub struct Mayor {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        #[column(foreign_key = "city.id")]
        pub city_id: Option<i64>,
        #[relationship(target = "City", back_populates = "mayor")]
        pub city: Option<One<AnyClass>>,
    }
}
use with_struct::Mayor;

fn atlas() -> (Db, Session) {
    use declared::Tables;
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let country = NewTable::new("country")
            .class("Country")
            .column(NewColumn::of::<String>("code").primary_key())
            .column(NewColumn::of::<String>("name"))
            .relationship(
                NewRelationship::many("cities", "City")
                    .back_populates("country")
                    .order_by("City.name")
                    .cascade(orm::Cascade::ALL.and(orm::Cascade::DELETE_ORPHAN)),
            );
        let city = NewTable::new("city")
            .class("City")
            .column(NewColumn::of::<i64>("id").primary_key())
            .column(NewColumn::of::<String>("name").in_database("city_name").index())
            .column(NewColumn::of::<Option<i64>>("people"))
            .column(NewColumn::of::<String>("country_code").foreign_key("country.code"))
            .unique(&["city_name", "country_code"])
            .relationship(NewRelationship::one("country", "Country").back_populates("cities"))
            .relationship(NewRelationship::optional("mayor", "Mayor").back_populates("city"))
            .relationship(
                NewRelationship::set("twins", "City")
                    .secondary("twin")
                    .primaryjoin("City.id == twin.c.one")
                    .secondaryjoin("City.id == twin.c.other"),
            );
        Tables::map_table(country).unwrap();
        Tables::map_table(city).unwrap();
        let twin = NewTable::new("twin")
            .column(NewColumn::of::<i64>("one").primary_key().foreign_key("city.id"))
            .column(NewColumn::of::<i64>("other").primary_key().foreign_key("city.id"));
        Tables::map_table(twin).unwrap();
    });
    let db = Db::empty();
    Tables::create_all(&db.engine).unwrap();
    let session = db.session();
    db.sql();
    (db, session)
}

#[test]
fn a_declared_table_is_created() {
    let (db, _) = atlas();
    expect![[r#"
        'CREATE TABLE "city" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "city_name" TEXT NOT NULL,
            "people" INTEGER,
            "country_code" TEXT NOT NULL,
            UNIQUE ("city_name", "country_code"),
            FOREIGN KEY ("country_code") REFERENCES "country" ("code")
        )'
        'CREATE TABLE "country" (
            "code" TEXT NOT NULL PRIMARY KEY,
            "name" TEXT NOT NULL
        )'
        'CREATE INDEX "ix_city_city_name" ON "city" ("city_name")'
        'CREATE INDEX "ix_city_country_code" ON "city" ("country_code")'
        'CREATE INDEX "ix_mayor_city_id" ON "mayor" ("city_id")'
        'CREATE INDEX "ix_twin_other" ON "twin" ("other")'
        'CREATE TABLE "mayor" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "name" TEXT NOT NULL,
            "city_id" INTEGER,
            FOREIGN KEY ("city_id") REFERENCES "city" ("id")
        )'
        'CREATE TABLE "twin" (
            "one" INTEGER NOT NULL,
            "other" INTEGER NOT NULL,
            PRIMARY KEY ("one", "other"),
            FOREIGN KEY ("one") REFERENCES "city" ("id"),
            FOREIGN KEY ("other") REFERENCES "city" ("id")
        )'
    "#]]
    .assert_eq(
        &db.rows("SELECT sql FROM sqlite_master WHERE sql NOT NULL ORDER BY name").replace("\\n", "\n"),
    );
}

#[test]
fn its_objects_are_objects() {
    let (db, session) = atlas();
    let (country, city) =
        (declared::Tables::mapper("Country").unwrap(), declared::Tables::mapper("City").unwrap());
    let italy = new(country, &[("code", text("IT")), ("name", text("Italy"))]);
    let rome = new(city, &[("name", text("Rome")), ("people", Value::Int(3))]);
    let oslo = new(city, &[("name", text("Oslo"))]);
    italy.collection("cities").unwrap().append(&rome).unwrap();
    rome.collection("twins").unwrap().append(&oslo).unwrap();
    assert_eq!(rome.related("country").unwrap(), Related::One(Some(italy.clone())), "the other side follows");
    session.add(&italy).unwrap();
    let mayor = session.add(Mayor::builder().name("Bo")).unwrap();
    mayor.set_city(&rome).unwrap();
    oslo.relate("country", Some(&italy)).unwrap();
    session.commit().unwrap();
    // Identity: one row, one object.
    assert_eq!(session.get_any(city, &[Value::Int(1)]).unwrap(), Some(rome.clone()));
    assert_eq!(session.get_any(country, &[text("IT")]).unwrap(), Some(italy.clone()));
    assert_eq!(rome.related("mayor").unwrap(), Related::One(Some(Obj::any(&mayor))));
    db.sql();
    // The unit of work writes what changed.
    rome.set("people", &Value::Int(4)).unwrap();
    rome.set("people", &Value::Int(5)).unwrap();
    rome.collection("twins").unwrap().remove(&oslo).unwrap();
    session.commit().unwrap();
    expect![[r#"
        UPDATE "city" SET "people" = ? WHERE "id" = ? [5, 1]
        SELECT "city"."id", "city"."city_name", "city"."people", "city"."country_code" FROM "city", "twin" WHERE ? = "twin"."one" AND "city"."id" = "twin"."other" [1]
        DELETE FROM "twin" WHERE "one" = ? AND "other" = ? [1, 2]
    "#]].assert_eq(&db.sql());
    assert_eq!(format!("{rome:?} {italy:?}"), "City#1 Country#'IT'");
    // What was rolled back is as the database has it.
    rome.set("name", &text("Roma")).unwrap();
    session.flush().unwrap();
    session.rollback().unwrap();
    assert_eq!(rome.get("name").unwrap(), text("Rome"));
    db.sql();
    italy.collection("cities").unwrap().remove(&oslo).unwrap();
    session.delete(&mayor).unwrap();
    session.commit().unwrap();
    session.delete(&italy).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "code", "name" FROM "country" WHERE "code" = ? ['IT']
        SELECT "city"."id", "city"."city_name", "city"."people", "city"."country_code" FROM "city" WHERE ? = "city"."country_code" ORDER BY "city"."city_name" ['IT']
        SELECT "mayor"."id", "mayor"."name", "mayor"."city_id" FROM "mayor" WHERE ? = "mayor"."city_id" [2]
        SELECT "city"."id", "city"."city_name", "city"."people", "city"."country_code" FROM "city", "twin" WHERE ? = "twin"."one" AND "city"."id" = "twin"."other" [2]
        SELECT "id", "name", "city_id" FROM "mayor" WHERE "id" = ? [1]
        DELETE FROM "mayor" WHERE "id" = ? [1]
        DELETE FROM "city" WHERE "id" = ? [2]
        SELECT "code", "name" FROM "country" WHERE "code" = ? ['IT']
        SELECT "city"."id", "city"."city_name", "city"."people", "city"."country_code" FROM "city" WHERE ? = "city"."country_code" ORDER BY "city"."city_name" ['IT']
        SELECT "mayor"."id", "mayor"."name", "mayor"."city_id" FROM "mayor" WHERE ? = "mayor"."city_id" [1]
        SELECT "city"."id", "city"."city_name", "city"."people", "city"."country_code" FROM "city", "twin" WHERE ? = "twin"."one" AND "city"."id" = "twin"."other" [1]
        DELETE FROM "city" WHERE "id" = ? [1]
        DELETE FROM "country" WHERE "code" = ? ['IT']
    "#]].assert_eq(&db.sql());
    assert_eq!(db.rows("SELECT count(*) FROM city"), "0\n");
}

#[test]
fn it_is_asked_by_names() {
    let (db, session) = atlas();
    db.run("INSERT INTO country VALUES ('IT', 'Italy'), ('NO', 'Norway')");
    db.run("INSERT INTO city VALUES (1, 'Rome', 3, 'IT'), (2, 'Pisa', NULL, 'IT'), (3, 'Oslo', 1, 'NO')");
    let (country, city) =
        (declared::Tables::mapper("Country").unwrap(), declared::Tables::mapper("City").unwrap());
    db.sql();
    let attr = |name: &str| city.attr(name).unwrap();
    let big = select(city.entity()).filter(attr("people").gt(0)).order_by(attr("name"));
    let names =
        |rows: Vec<AnyObj>| -> Vec<Value> { rows.iter().map(|row| row.get("name").unwrap()).collect() };
    assert_eq!(names(session.scalars(big).unwrap().all().unwrap()), [text("Oslo"), text("Rome")]);
    let pairs = select(vec![country.entity().into(), attr("name").into()])
        .join(country.relationship("cities").unwrap())
        .order_by(attr("name"));
    let rows = session.execute(pairs).unwrap().all().unwrap();
    assert!(
        matches!(rows[0].0.as_slice(), [AnyItem::Object(Some(_)), AnyItem::Value(Value::Text(name))] if name == "Oslo")
    );
    let with = select(country.entity())
        .order_by(country.attr("code").unwrap())
        .options(country.relationship("cities").unwrap().load(orm::Lazy::SelectIn));
    let all = session.scalars(with).unwrap().all().unwrap();
    let Related::Many(cities) = all[0].peek_related("cities").unwrap() else { panic!("it is loaded") };
    assert_eq!(names(cities), [text("Pisa"), text("Rome")]);
    session
        .run(
            city.update()
                .set(city.entity().column("people").unwrap(), Value::Int(9))
                .filter(attr("name").eq("Pisa")),
        )
        .unwrap();
    assert_eq!(session.run(city.delete().filter(attr("people").lt(4))).unwrap(), 2);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT city_name, people FROM city"), "'Pisa'|9\n");
    expect![[r#"
        SELECT "city"."id", "city"."city_name", "city"."people", "city"."country_code" FROM "city" WHERE "city"."people" > ? ORDER BY "city"."city_name" [0]
        SELECT "country"."code", "country"."name", "city"."city_name" FROM "country" JOIN "city" ON "country"."code" = "city"."country_code" ORDER BY "city"."city_name"
        SELECT "country"."code", "country"."name" FROM "country" ORDER BY "country"."code"
        SELECT "city"."id", "city"."city_name", "city"."people", "city"."country_code" FROM "city" WHERE "city"."country_code" IN (SELECT +value FROM json_each(?)) ORDER BY "city"."city_name" ['["IT","NO"]']
        UPDATE "city" SET "people" = ? WHERE "city"."city_name" = ? RETURNING "city"."id", "city"."people" [9, 'Pisa']
        DELETE FROM "city" WHERE "city"."people" < ? RETURNING "city"."id" [4]
    "#]].assert_eq(&db.sql());
    expect![[r#"
        [unknown-attribute] `City.nam`: no such attribute; help: did you mean `name`?
        [value] `City.people`: expected an integer, found text
        [value] `City.name`: expected text, found NULL
        [wrong-class] `Mayor`: the object is a `City`
    "#]]
    .assert_eq(&format!(
        "{}\n{}\n{}\n{}\n",
        show(city.attr("nam").map(|_| ())),
        show(new(city, &[]).set("people", &text("many"))),
        show(new(city, &[]).set("name", &Value::Null)),
        show(Obj::downcast::<Mayor>(&new(city, &[])).map(|_| ())),
    ));
}

registry!(wrong);

#[test]
fn mistakes_in_a_table() {
    use wrong::Tables;
    let table = || NewTable::new("thing").column(NewColumn::of::<i64>("id").primary_key());
    expect![[r#"
        [bad-table] `thing.id`: the table has a column of that name already; help: give each column a name of its own
        [bad-table] `thing`: a key names the column `nme`, which the table doesn't have; help: name its columns as the database does
        [bad-table] `thing`: a key names the column `a`, which the table doesn't have; help: name its columns as the database does
        [bad-table] `thing.other_id`: `id` names no column of a table; help: write `"table.column"`
    "#]].assert_eq(&format!(
        "{}\n{}\n{}\n{}\n",
        show(Tables::map_table(table().column(NewColumn::of::<i64>("id")))),
        show(Tables::map_table(table().unique(&["nme"]))),
        show(Tables::map_table(table().foreign_key(&["a"], "other", &["id"]))),
        show(Tables::map_table(table().column(NewColumn::of::<i64>("other_id").foreign_key("id")))),
    ));
    Tables::map_table(NewTable::new("keyless").column(NewColumn::of::<i64>("number"))).unwrap();
    Tables::map_table(table()).unwrap();
    Tables::map_table(table().class("Again")).unwrap();
    let other = NewColumn::of::<i64>("thing_id").foreign_key("thing.idd");
    let lost = NewRelationship::many("lost", "Thng");
    let ok = table().relationship(lost).column(other).relationship(NewRelationship::many("id", "thing"));
    Tables::map_table(NewTable::new("ok").class("Ok").column(NewColumn::of::<i64>("x").primary_key()))
        .unwrap();
    Tables::map_table(ok.class("thing_2")).unwrap();
    let error = Tables::configure().unwrap_err();
    let lines: Vec<String> = error.causes().iter().map(|cause| format!("{cause}\n")).collect();
    expect![[r#"
        [bad-option] `Again.id`: the class has an attribute of that name already; help: give what is added another name
        [bad-table] `keyless`: the class has no primary key; help: call `primary_key` of one of its columns
        [bad-table] `thing`: the table `thing` is declared twice; help: give one of them another name by `#[mapped(table = "...")]`
        [bad-table] `thing_2`: the table `thing` is declared twice; help: give one of them another name by `#[mapped(table = "...")]`
        [unknown-name] `thing_2.thing_id`: the foreign key references `thing.idd`, which isn't there; help: did you mean `thing.id`?
        [unknown-name] `Again.lost`: no mapped class is called `Thng`; help: did you mean `thing`?
    "#]].assert_eq(&lines.concat());
}

fn music() -> Db {
    let db = Db::empty();
    for sql in [
        "CREATE TABLE artist (id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL UNIQUE, founded DATE, active BOOLEAN NOT NULL DEFAULT 1)",
        "CREATE TABLE album (id INTEGER PRIMARY KEY, title TEXT NOT NULL, price REAL, cover BLOB, artist_id INTEGER NOT NULL REFERENCES artist ON DELETE CASCADE, guest_id INT REFERENCES artist (id))",
        "CREATE INDEX album_title ON album (title, price)",
        "CREATE UNIQUE INDEX album_lower ON album (lower(title))",
        "CREATE TABLE liner (album_id INTEGER PRIMARY KEY REFERENCES album (id), words TEXT)",
        "CREATE TABLE section (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES section (id), name TEXT)",
        "CREATE TABLE track (album_id INTEGER, number INTEGER, title TEXT NOT NULL, PRIMARY KEY (album_id, number), FOREIGN KEY (album_id) REFERENCES album (id))",
        "CREATE TABLE play (id INTEGER PRIMARY KEY, album_id INTEGER, number INTEGER, FOREIGN KEY (album_id, number) REFERENCES track (album_id, number) ON UPDATE CASCADE)",
        "CREATE TABLE likes (artist_id INTEGER REFERENCES artist (id), fan TEXT)",
    ] {
        db.run(sql);
    }
    db.run("INSERT INTO artist VALUES (1, 'Ann', '1999-01-01', 1), (2, 'Bo', 1980, 0)");
    db.run("INSERT INTO album VALUES (1, 'One', 9.5, x'00', 1, NULL), (2, 'Two', NULL, NULL, 1, 2)");
    db.run("INSERT INTO liner VALUES (1, 'la')");
    db.run("INSERT INTO section VALUES (1, NULL, 'top'), (2, 1, 'below')");
    db.run("INSERT INTO track VALUES (1, 1, 'Intro')");
    db.run("INSERT INTO play VALUES (1, 1, 1)");
    db
}

registry!(links);

/// A table of two keys and nothing else is no class, as with SQLAlchemy's automap.
#[test]
fn tables_of_a_database_that_link_others() {
    use links::Tables;
    let db = Db::empty();
    for sql in [
        "CREATE TABLE post (id INTEGER PRIMARY KEY, first_tag TEXT, FOREIGN KEY (first_tag) REFERENCES tag (word))",
        "CREATE TABLE tag (word TEXT PRIMARY KEY)",
        "CREATE TABLE post_tag (post_id INTEGER REFERENCES post (id), word TEXT REFERENCES tag (word), PRIMARY KEY (post_id, word))",
        "CREATE TABLE hidden (post_id INTEGER REFERENCES post (id), word TEXT REFERENCES tag (word))",
        "CREATE TABLE rated (post_id INTEGER REFERENCES post (id), word TEXT REFERENCES tag (word), stars INTEGER, PRIMARY KEY (post_id, word))",
        "CREATE TABLE follows (follower INTEGER REFERENCES person (id), followed INTEGER REFERENCES person (id), PRIMARY KEY (follower, followed))",
        "CREATE TABLE person (id INTEGER PRIMARY KEY)",
    ] {
        db.run(sql);
    }
    Tables::map_database(&db.engine).unwrap();
    let told: Vec<String> = Tables::mapping()
        .unwrap()
        .mappers()
        .iter()
        .map(|mapper| {
            let relations = mapper.relations().iter().map(|relation| {
                let back = relation.inverse().map_or("-", |back| back.name());
                let far = relation.secondaryjoin().map_or(String::new(), |join| format!(", {join}"));
                format!(
                    "    {} {:?} {} <-> {back} by {}{far}\n",
                    relation.name(),
                    relation.kind(),
                    relation.target().class(),
                    relation.primaryjoin()
                )
            });
            format!("{}\n{}", mapper.class(), relations.collect::<String>())
        })
        .collect();
    expect![[r#"
        person
            person_collection_by_follows_followed List person <-> person_collection_by_follows_follower by person.id = follows.follower, person.id = follows.followed
            person_collection_by_follows_follower List person <-> person_collection_by_follows_followed by person.id = follows.followed, person.id = follows.follower
        post
            rated_collection List rated <-> post by post.id = rated.post_id
            tag OptionalOne tag <-> post_collection by tag.word = post.first_tag
            tag_collection List tag <-> post_collection_by_hidden_post_id by post.id = hidden.post_id, tag.word = hidden.word
            tag_collection_by_post_tag_word List tag <-> post_collection_by_post_tag_post_id by post.id = post_tag.post_id, tag.word = post_tag.word
        rated
            post One post <-> rated_collection by post.id = rated.post_id
            tag One tag <-> rated_collection by tag.word = rated.word
        tag
            post_collection List post <-> tag by tag.word = post.first_tag
            post_collection_by_hidden_post_id List post <-> tag_collection by tag.word = hidden.word, post.id = hidden.post_id
            post_collection_by_post_tag_post_id List post <-> tag_collection_by_post_tag_word by tag.word = post_tag.word, post.id = post_tag.post_id
            rated_collection List rated <-> tag by tag.word = rated.word
    "#]].assert_eq(&told.concat());
    let session = db.session();
    let (post, person) = (Tables::mapper("post").unwrap(), Tables::mapper("person").unwrap());
    let one = new(post, &[]);
    let tag = new(Tables::mapper("tag").unwrap(), &[("word", text("rust"))]);
    let (ann, bo) = (new(person, &[]), new(person, &[]));
    session.add_all([&one, &tag, &ann, &bo]).unwrap();
    one.collection("tag_collection_by_post_tag_word").unwrap().append(&tag).unwrap();
    ann.collection("person_collection_by_follows_followed").unwrap().append(&bo).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT * FROM post_tag"), "1|'rust'\n");
    assert_eq!(db.rows("SELECT * FROM follows"), "1|2\n");
    let Related::Many(followers) = bo.related("person_collection_by_follows_follower").unwrap() else {
        panic!("a list")
    };
    assert_eq!(followers, [ann]);
}

registry!(database);

#[test]
fn a_whole_database_is_mapped() {
    use database::Tables;
    let db = music();
    Tables::map_database(&db.engine).unwrap();
    let told: Vec<String> = Tables::mapping()
        .unwrap()
        .mappers()
        .iter()
        .map(|mapper| {
            let columns = mapper.columns().iter().map(|column| {
                let marks = [(column.is_primary_key(), "!"), (column.is_nullable(), "?")];
                let marks = marks.map(|(is, mark)| if is { mark } else { "" }).concat();
                format!("{}{marks}: {}", column.name(), column.decl().type_name)
            });
            let relations = mapper.relations().iter().map(|relation| {
                let back = relation.inverse().map_or("-", |back| back.name());
                format!(
                    "    {} {:?} {} <-> {back} by {}\n",
                    relation.name(),
                    relation.kind(),
                    relation.target().class(),
                    relation.primaryjoin()
                )
            });
            let columns: Vec<String> = columns.collect();
            format!("{}({})\n{}", mapper.class(), columns.join(", "), relations.collect::<String>())
        })
        .collect();
    expect![[r#"
        album(id!: i64, title: String, price?: f64, cover?: Vec<u8>, artist_id: i64, guest_id?: i64)
            artist One artist <-> album_collection_by_artist_id by artist.id = album.artist_id
            guest OptionalOne artist <-> album_collection_by_guest_id by artist.id = album.guest_id
            liner OptionalOne liner <-> album by album.id = liner.album_id
            track_collection List track <-> album by album.id = track.album_id
        artist(id!: i64, name: String, founded?: Value, active: bool)
            album_collection_by_artist_id List album <-> artist by artist.id = album.artist_id
            album_collection_by_guest_id List album <-> guest by artist.id = album.guest_id
        liner(album_id!: i64, words?: String)
            album One album <-> liner by album.id = liner.album_id
        play(id!: i64, album_id?: i64, number?: i64)
            track OptionalOne track <-> play_collection by track.album_id = play.album_id AND track.number = play.number
        section(id!: i64, parent_id?: i64, name?: String)
            parent OptionalOne section <-> section_collection by section.id = section.parent_id
            section_collection List section <-> parent by section.id = section.parent_id
        track(album_id!: i64, number!: i64, title: String)
            album One album <-> track_collection by album.id = track.album_id
            play_collection List play <-> track by track.album_id = play.album_id AND track.number = play.number
    "#]].assert_eq(&told.concat());
    assert_eq!(Tables::mapping().unwrap().tables().len(), 7, "`likes` is a table without a class");
    // What it says of its tables creates the same ones.
    let copy = Db::empty();
    Tables::create_all(&copy.engine).unwrap();
    expect![[r#"
        'CREATE TABLE "album" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "title" TEXT NOT NULL,
            "price" REAL,
            "cover" BLOB,
            "artist_id" INTEGER NOT NULL,
            "guest_id" INTEGER,
            FOREIGN KEY ("artist_id") REFERENCES "artist" ("id") ON DELETE CASCADE,
            FOREIGN KEY ("guest_id") REFERENCES "artist" ("id")
        )'
        'CREATE INDEX "album_title" ON "album" ("title", "price")'
        'CREATE INDEX "ix_album_artist_id" ON "album" ("artist_id")'
        'CREATE INDEX "ix_album_guest_id" ON "album" ("guest_id")'
        'CREATE INDEX "ix_play_album_id_number" ON "play" ("album_id", "number")'
        'CREATE TABLE "play" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "album_id" INTEGER,
            "number" INTEGER,
            FOREIGN KEY ("album_id", "number") REFERENCES "track" ("album_id", "number") ON UPDATE CASCADE
        )'
    "#]].assert_eq(&copy.rows("SELECT sql FROM sqlite_master WHERE sql NOT NULL AND tbl_name IN ('album', 'play') ORDER BY name").replace("\\n", "\n"));

    let session = db.session();
    let artist = Tables::mapper("artist").unwrap();
    let ann = session.get_any(artist, &[Value::Int(1)]).unwrap().unwrap();
    let bo = session.get_any(artist, &[Value::Int(2)]).unwrap().unwrap();
    assert_eq!(
        (ann.get("founded").unwrap(), bo.get("founded").unwrap()),
        (text("1999-01-01"), Value::Int(1980))
    );
    assert_eq!(
        (ann.get("active").unwrap(), bo.get("active").unwrap()),
        (Value::Bool(true), Value::Bool(false))
    );
    let Related::Many(albums) = ann.related("album_collection_by_artist_id").unwrap() else {
        panic!("a list")
    };
    assert_eq!(albums[1].related("guest").unwrap(), Related::One(Some(bo.clone())));
    assert!(matches!(albums[0].related("liner").unwrap(), Related::One(Some(_))));
    let Related::Many(tracks) = albums[0].related("track_collection").unwrap() else { panic!("a list") };
    let Related::Many(plays) = tracks[0].related("play_collection").unwrap() else { panic!("a list") };
    assert_eq!(plays[0].related("track").unwrap(), Related::One(Some(tracks[0].clone())));
    db.sql();
    let new = new(artist, &[("name", text("Cy"))]);
    session.add(&new).unwrap();
    session.commit().unwrap();
    assert_eq!(new.get("active").unwrap(), Value::Bool(true), "the database's default");
    expect![[r#"
        INSERT INTO "artist" ("name", "founded") VALUES (?, ?) ['Cy', NULL]
        SELECT "id", "name", "founded", "active" FROM "artist" WHERE "id" = ? [3]
    "#]]
    .assert_eq(&db.sql());
}

registry!(one_table);

#[test]
fn one_table_is_read_beside_what_is_declared() {
    use one_table::Tables;
    let db = music();
    // A type of one's own, and the rest as the database has it. The artist stays unmapped.
    let album = NewTable::new("album").column(NewColumn::of::<Option<f32>>("cost").in_database("price"));
    let album = album.autoload(&db.engine).unwrap();
    assert_eq!(album.attributes(), ["cost", "id", "title", "cover", "artist_id", "guest_id"]);
    Tables::map_table(album).unwrap();
    Tables::configure().unwrap();
    let session = db.session();
    let album = session.get_any(Tables::mapper("album").unwrap(), &[Value::Int(1)]).unwrap().unwrap();
    assert_eq!(album.get("cost").unwrap(), Value::Real(9.5));
    let error = Tables::create_all(&Db::empty().engine).unwrap_err();
    expect![[r#"
        [bad-table] the tables can't be created
          [bad-table] `album.artist_id`: in the database it references the table `artist`, which isn't mapped; help: map that table too: `map_table(NewTable::read("artist", &engine)?)`, or all by `map_database`
          [bad-table] `album.guest_id`: in the database it references the table `artist`, which isn't mapped; help: map that table too: `map_table(NewTable::read("artist", &engine)?)`, or all by `map_database`"#]].assert_eq(&error.to_string());
}

registry!(mended);

/// What the error of a table whose keys lead to others says, done: each of them is read too.
#[test]
fn tables_that_read_keys_lead_to_are_mapped_too() {
    use mended::Tables;
    let db = music();
    Tables::map_table(NewTable::read("album", &db.engine).unwrap()).unwrap();
    Tables::map_table(NewTable::read("artist", &db.engine).unwrap()).unwrap();
    let copy = Db::empty();
    Tables::create_all(&copy.engine).unwrap();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    assert_eq!(copy.rows(tables), "'album'\n'artist'\n");
}

#[test]
fn what_the_database_does_not_have() {
    let db = music();
    let table = |column: NewColumn| NewTable::new("album").column(column).autoload(&db.engine).map(|_| ());
    expect![[r#"
        [bad-table] `albm`: the database has no table `albm`; help: did you mean `album`?
        [bad-table] `album.titel`: the table `album` has no column `titel` in the database; help: did you mean `title`?
        [bad-table] `album.title`: `album.title` is of the type `TEXT` in the database, which is no `i64`; help: give it the type of the database's column
        [bad-table] `album.nothing_like_that`: the table `album` has no column `nothing_like_that` in the database; help: add it to the database, or take it out of the class
    "#]].assert_eq(&format!(
        "{}\n{}\n{}\n{}\n",
        show(NewTable::read("albm", &db.engine).map(|_| ())),
        show(table(NewColumn::of::<String>("titel"))),
        show(table(NewColumn::of::<i64>("title"))),
        show(table(NewColumn::of::<String>("nothing_like_that"))),
    ));
}

/// A struct that declares a part of its table.
mod partial {
    use orm::prelude::*;

    orm::registry!(
        /// Its rest is read.
        pub Partial
    );

    #[derive(Mapped, Debug, Default)]
    #[mapped(registry = Partial)]
    pub struct Artist {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
    }

    #[derive(Mapped, Debug, Default)]
    #[mapped(registry = Partial)]
    pub struct Album {
        #[column(primary_key)]
        pub id: i64,
        pub title: String,
    }

    orm::registry!(
        /// It differs from the database.
        pub Differs
    );

    #[derive(Mapped, Debug, Default)]
    #[mapped(registry = Differs, table = "artist")]
    pub struct OtherType {
        #[column(primary_key)]
        pub id: i64,
        pub name: i64,
    }

    #[derive(Mapped, Debug, Default)]
    #[mapped(registry = Differs, table = "album")]
    pub struct Missing {
        #[column(primary_key)]
        pub id: i64,
        pub titles: String,
    }

    #[derive(Mapped, Debug, Default)]
    #[mapped(registry = Differs, table = "track")]
    pub struct HalfKey {
        #[column(primary_key)]
        pub number: i64,
    }
}

#[test]
fn the_rest_of_a_struct_is_read() {
    use partial::{Album, Artist, Partial};
    let db = music();
    Partial::autoload("Artist", &db.engine).unwrap();
    Partial::autoload("partial::Album", &db.engine).unwrap();
    Partial::add_relationship(
        "Album",
        NewRelationship::one("artist", "Artist").foreign_keys("Album.artist_id").back_populates("albums"),
    )
    .unwrap();
    Partial::add_relationship(
        "Artist",
        NewRelationship::many("albums", "Album").foreign_keys("Album.artist_id").back_populates("artist"),
    )
    .unwrap();
    let session = db.session();
    let ann = session.get_one::<Artist>(1).unwrap();
    assert_eq!(Obj::any(&ann).get("founded").unwrap(), text("1999-01-01"));
    let Related::Many(albums) = Obj::any(&ann).related("albums").unwrap() else { panic!("a list") };
    assert_eq!(albums.len(), 2);
    let new = session.add(Album::builder().title("Three")).unwrap();
    Obj::any(&new).relate("artist", Some(&Obj::any(&ann))).unwrap();
    Obj::any(&new).set("price", &Value::Real(1.5)).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT title, price, artist_id FROM album WHERE id = 3"), "'Three'|1.5|1\n");
    assert_eq!(code(Partial::autoload("Artist", &db.engine)), Code::Configured);
    expect![[r#"
        [bad-table] `OtherType.name`: `artist.name` is of the type `VARCHAR(80)` in the database, which is no `i64`; help: give it the type of the database's column
        [bad-table] `Missing.titles`: the table `album` has no column `titles` in the database; help: did you mean `title`?
        [bad-table] `HalfKey`: `track.album_id` is part of the primary key, and isn't declared; help: declare it
        [unknown-name] no mapped class is called `Halfkey`; help: did you mean `HalfKey`?
    "#]].assert_eq(&format!(
        "{}\n{}\n{}\n{}\n",
        show(partial::Differs::autoload("OtherType", &db.engine)),
        show(partial::Differs::autoload("Missing", &db.engine)),
        show(partial::Differs::autoload("HalfKey", &db.engine)),
        show(partial::Differs::autoload("Halfkey", &db.engine)),
    ));
}
