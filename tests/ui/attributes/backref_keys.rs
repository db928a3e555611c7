use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(backref(name = 7, uselist = false, secondary = Link, lazzy = "joined"))]
    a: Many<Note>,
    #[relationship(backref(lazy = "dynamic", join_depth, innerjoin = "yes", viewonly = 1, cascade = 2))]
    b: Many<Note>,
    #[relationship(backref(name = "c", passive_deletes = "none", passive_updates = 1, order_by, foreign_keys, remote_side))]
    c: Many<Note>,
    #[relationship(backref(name = "d", primaryjoin, secondaryjoin, single_parent = 1, active_history = 1))]
    d: Many<Note>,
    #[relationship(backref(name = "e", omit_join = 1, overlaps, info, sync_backref = 1))]
    e: Many<Note>,
    #[relationship(backref(name = "f", one = 1, set = 1, write_only = 1, dynamic = 1))]
    f: Many<Note>,
    #[relationship(backref(one))]
    g: Many<Note>,
    #[relationship(backref = 7)]
    h: Many<Note>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
}

fn main() {}
