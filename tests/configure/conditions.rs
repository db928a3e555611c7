//! Conditions of the user's own in which a mistake is.

use expect_test::expect;
use orm::prelude::*;

orm::registry!(
    /// Albums and songs, with conditions that can't be.
    pub Knotted
);

#[derive(Mapped)]
#[mapped(registry = Knotted)]
pub struct Album {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relationship(primaryjoin = Album::id.gt(Song::album_id))]
    pub no_equality: Many<Song>,
    #[relationship(primaryjoin = Album::id.eq(7))]
    pub no_columns: Many<Song>,
    #[relationship(primaryjoin = Album::id.eq(Song::id))]
    pub neither_is_foreign: Many<Song>,
    #[relationship(primaryjoin = Album::id.foreign().eq(Song::album_id.foreign()))]
    pub both_are_foreign: Many<Song>,
    #[relationship(
        primaryjoin = Album::id.foreign().eq(Song::album_id).and(Album::name.eq(Song::name.foreign()))
    )]
    pub foreign_on_both_sides: Many<Song>,
    #[relationship(primaryjoin = Album::id.eq(Track::album_id))]
    pub another_table: Many<Song>,
    #[relationship(
        secondary = Track,
        primaryjoin = Album::id.eq(Track::album_id),
        secondaryjoin = Song::id.foreign().eq(Track::song_id)
    )]
    pub foreign_in_the_target: Many<Song>,
    // These can be.
    #[relationship(
        secondary = Track,
        primaryjoin = Album::id.eq(Track::album_id.foreign()).and(Album::name.eq(Track::name)),
        secondaryjoin = Song::id.eq(Track::song_id)
    )]
    pub unlinked_part: Many<Song>,
    #[relationship(
        primaryjoin = Album::id.eq(Song::album_id.foreign()).and(Album::name.eq(Song::name))
    )]
    pub joined_by_more: Many<Song>,
    #[relationship(
        secondary = Track,
        primaryjoin = Album::id.eq(Track::album_id.foreign()).and(Album::name.eq(Track::name.foreign())),
        secondaryjoin = Song::id.eq(Track::song_id.foreign())
    )]
    pub linked_by_more: Many<Song>,
}

#[derive(Mapped)]
#[mapped(registry = Knotted)]
pub struct Song {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(foreign_key = Album::id)]
    pub album_id: Option<i64>,
}

#[derive(Table)]
#[mapped(registry = Knotted)]
pub struct Track {
    #[column(primary_key, foreign_key = Album::id)]
    pub album_id: i64,
    #[column(primary_key, foreign_key = Song::id)]
    pub song_id: i64,
    pub name: String,
}

#[test]
fn every_mistake_in_a_condition() {
    let error = Knotted::configure().unwrap_err();
    let mut lines: Vec<String> = error.causes().iter().map(ToString::to_string).collect();
    lines.sort();
    expect![[r#"
        [bad-table] `Album.unlinked_part`: the association table needs `track.name`, which no link has; help: make it an `Option`, give it a default, or write `viewonly` and add rows by a class of that table
        [join-condition] `Album.another_table`: `primaryjoin` names a column of `track`, which isn't part of the relationship; help: use columns of `album` and `song`
        [join-condition] `Album.both_are_foreign`: foreign columns stand on both sides of the join; help: mark those of one side by `foreign()`
        [join-condition] `Album.foreign_in_the_target`: `secondaryjoin` says that a column outside of the association table is foreign; help: mark the columns of `track` that hold the keys
        [join-condition] `Album.foreign_on_both_sides`: foreign columns stand on both sides of the join; help: mark those of one side by `foreign()`
        [join-condition] `Album.neither_is_foreign`: `primaryjoin` has no foreign column; help: mark those by `foreign()` that hold a key, or name them in `foreign_keys`
        [join-condition] `Album.no_columns`: `primaryjoin` compares no column of the class with one of the other side; help: compare a foreign key of one with the column of the other that it references
        [join-condition] `Album.no_equality`: `primaryjoin` equates no foreign column with another one, so nobody knows what to write into it; help: compare them by `eq`, or write `viewonly`: then the relationship is only read
    "#]].assert_eq(&(lines.join("\n") + "\n"));
}
