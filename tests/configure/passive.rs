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
