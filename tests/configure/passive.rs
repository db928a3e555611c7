//! What `passive_deletes` leaves to the database, where only names and conditions show the foreign key.

use expect_test::expect;
use orm::AnyClass;
use orm::prelude::*;

orm::registry!(
    /// Rooms, with rows that nobody would delete.
    pub Hotel
);

#[derive(Mapped)]
#[mapped(registry = Hotel)]
pub struct Room {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(cascade = "all, delete", primaryjoin = Room::id.eq(Bed::room_id), passive_deletes)]
    pub beds: Many<Bed>,
    #[relationship(target = "Lamp", cascade = "all", passive_deletes)]
    pub lamps: WriteOnly<AnyClass>,
    #[relationship(secondary = "room_key", passive_deletes)]
    pub keys: Many<DoorKey>,
    #[relationship(
        secondary = RoomKey,
        primaryjoin = Room::id.eq(RoomKey::room_id),
        secondaryjoin = DoorKey::id.eq(RoomKey::key_id),
        passive_deletes
    )]
    pub same_keys: Many<DoorKey>,
    // These can be: the database isn't known to have a key for it, or does everything itself.
    #[relationship(primaryjoin = Room::id.eq(Bed::next_room.foreign()), passive_deletes)]
    pub next_beds: Many<Bed>,
    #[relationship(primaryjoin = Room::id.eq(Bed::room_id), passive_deletes = "all")]
    pub all_beds: Many<Bed>,
}

#[derive(Mapped)]
#[mapped(registry = Hotel)]
pub struct Bed {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Room::id)]
    pub room_id: Option<i64>,
    pub next_room: Option<i64>,
    #[relationship(primaryjoin = Room::id.eq(Bed::room_id), passive_deletes)]
    pub room: Option<One<Room>>,
}

#[derive(Mapped)]
#[mapped(registry = Hotel)]
pub struct Lamp {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Room::id, on_delete = "restrict")]
    pub room_id: Option<i64>,
}

#[derive(Mapped)]
#[mapped(registry = Hotel)]
pub struct DoorKey {
    #[column(primary_key)]
    pub id: i64,
}

#[derive(Table)]
#[mapped(registry = Hotel, table = "room_key")]
pub struct RoomKey {
    #[column(primary_key, foreign_key = Room::id)]
    pub room_id: i64,
    #[column(primary_key, foreign_key = DoorKey::id, on_delete = "cascade")]
    pub key_id: i64,
}

#[test]
fn every_row_that_nobody_would_delete() {
    let error = Hotel::configure().unwrap_err();
    let mut lines: Vec<String> = error.causes().iter().map(ToString::to_string).collect();
    lines.sort();
    expect![[r#"
        [bad-option] `Bed.room`: `passive_deletes` is about rows that refer to a deleted one, but the foreign key is on this side; help: write it on the side of `Room`
        [bad-option] `Room.beds`: `passive_deletes` leaves each `Bed` that isn't loaded to the database, which doesn't delete it; help: add `on_delete = "cascade"` to the foreign key `Bed::room_id`, or remove `passive_deletes`
        [bad-option] `Room.keys`: `passive_deletes` leaves links that aren't loaded to the database, which keeps them; help: add `on_delete = "cascade"` to the foreign key of `room_key` to `Room`, or remove `passive_deletes`
        [bad-option] `Room.lamps`: `passive_deletes` leaves each `Lamp` that isn't loaded to the database, which doesn't delete it; help: add `on_delete = "cascade"` to the foreign key `Lamp::room_id`, or remove `passive_deletes`
        [bad-option] `Room.same_keys`: `passive_deletes` leaves links that aren't loaded to the database, which keeps them; help: add `on_delete = "cascade"` to the foreign key of `room_key` to `Room`, or remove `passive_deletes`"#]].assert_eq(&lines.join("\n"));
}

mod renamed {
    use expect_test::expect;
    use orm::mapper::NewRelationship;
    use orm::prelude::*;
    use tests::Db;

    orm::registry!(
        /// Towns, whose names change.
        pub Towns
    );
    orm::registry!(
        /// The same, only read.
        pub ReadTowns
    );
    orm::registry!(
        /// The same, with conditions of the user's own.
        pub Said
    );

    #[derive(Mapped)]
    #[mapped(registry = Said)]
    pub struct Town {
        #[column(primary_key)]
        pub name: String,
        #[relationship(primaryjoin = Town::name.eq(House::town), passive_updates = false)]
        pub houses: Many<House>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Said)]
    pub struct House {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Town::name, on_update = "cascade")]
        pub town: Option<String>,
        #[relationship(primaryjoin = House::town.eq(Town::name), passive_updates = false)]
        pub at: Option<One<Town>>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Towns)]
    pub struct Place {
        #[column(primary_key)]
        pub name: String,
    }

    #[derive(Mapped)]
    #[mapped(registry = Towns)]
    pub struct Home {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Place::name, deferrable = "initially deferred")]
        pub place: Option<String>,
    }

    #[derive(Mapped)]
    #[mapped(registry = ReadTowns)]
    pub struct Spot {
        #[column(primary_key)]
        pub name: String,
    }

    #[derive(Mapped)]
    #[mapped(registry = ReadTowns)]
    pub struct Hut {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Spot::name)]
        pub spot: Option<String>,
    }

    #[test]
    fn by_a_relationship_that_is_added() {
        let homes = NewRelationship::many("homes", "Home").passive_updates(false).order_by("Home.id");
        Towns::add_relationship("Place", homes).unwrap();
        let db = Db::empty();
        Towns::create_all(&db.engine).unwrap();
        db.run("INSERT INTO place VALUES ('a'); INSERT INTO home VALUES (1, 'a'), (2, NULL)");
        let session = db.session();
        let place = session.get_one::<Place>("a").unwrap();
        place.set_name("b").unwrap();
        db.sql();
        session.commit().unwrap();
        expect![[r#"
            SELECT "home"."id", "home"."place" FROM "home" WHERE ? = "home"."place" ORDER BY "home"."id" ['a']
            UPDATE "place" SET "name" = ? WHERE "name" = ? ['b', 'a']
            UPDATE "home" SET "place" = ? WHERE "id" = ? ['b', 1]
        "#]]
        .assert_eq(&db.sql());
    }

    #[test]
    fn what_is_only_read_changes_nothing() {
        let huts = NewRelationship::many("huts", "Hut").viewonly().passive_updates(false);
        ReadTowns::add_relationship("Spot", huts).unwrap();
        let error = ReadTowns::configure().unwrap_err();
        expect!["[bad-option] `Spot.huts`: `passive_updates` is for what a flush writes, and this is only read; help: remove it"].assert_eq(&error.causes()[0].to_string());
    }

    #[test]
    fn the_database_does_it_already() {
        let error = Said::configure().unwrap_err();
        let mut lines: Vec<String> = error.causes().iter().map(ToString::to_string).collect();
        lines.sort();
        expect![[r#"
            [bad-option] `House.at`: `passive_updates = false` has a flush change `house.town`, which the database does already; help: remove it, or `on_update = "cascade"`
            [bad-option] `Town.houses`: `passive_updates = false` has a flush change `house.town`, which the database does already; help: remove it, or `on_update = "cascade"`"#]].assert_eq(&lines.join("\n"));
    }
}
