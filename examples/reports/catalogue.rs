//! Questions about what the store offers: tracks, albums, playlists and genres.

use orm::Result;
use orm::prelude::*;

use crate::models::{Album, Artist, Genre, InvoiceLine, MediaType, Playlist, Track};

/// A track with its place in its genre.
#[derive(FromRow, Debug, PartialEq)]
pub struct TopTrack {
    pub genre: Option<String>,
    pub place: i64,
    pub track: String,
    pub sold: i64,
}

/// Which three tracks of each genre were sold most often? Of equal ones the older counts.
pub fn top_three(session: &Session) -> Result<Vec<TopTrack>> {
    let sold = func::coalesce(func::sum(InvoiceLine::quantity), 0);
    let by_genre = window().partition_by(Track::genre_id).order_by((sold.clone().desc(), Track::id));
    let sold = sold.label("sold");
    let place = func::row_number().over(by_genre).label("place");
    let tracks = select((Track::genre_id, Track::name, &sold, &place))
        .join(Track::invoice_lines)
        .group_by(Track::id)
        .subquery("tracks");

    let query = select((Genre::name, tracks.of(&place), tracks.of(Track::name), tracks.of(&sold)))
        .join(tracks.on(tracks.of(Track::genre_id).eq(Genre::id)))
        .filter(tracks.of(&place).le(3))
        .order_by((Genre::name, tracks.of(&place)));
    session.execute(query)?.into().all()
}

/// An album and who made it.
#[derive(FromRow, Debug, PartialEq)]
pub struct AlbumOf {
    pub id: i64,
    pub title: String,
    pub artist: Option<String>,
}

/// Of which albums was no track ever sold?
pub fn never_sold(session: &Session) -> Result<Vec<AlbumOf>> {
    let query = select((Album::id, Album::title, Artist::name))
        .join(Album::artist)
        .filter(!Album::tracks.any(Track::invoice_lines.any_item()))
        .order_by(Album::id);
    session.execute(query)?.into().all()
}

/// How long the tracks of a media type are.
#[derive(FromRow, Debug, PartialEq)]
pub struct Length {
    pub media_type: Option<String>,
    pub tracks: i64,
    pub seconds: Option<f64>,
}

/// How long is the average track of each media type?
pub fn average_length(session: &Session) -> Result<Vec<Length>> {
    let seconds = func::round(func::avg(Track::milliseconds) / 1000, 1);
    let query = select((MediaType::name, func::count(Track::id), seconds))
        .outer_join(MediaType::tracks)
        .group_by(MediaType::id)
        .order_by(MediaType::id);
    session.execute(query)?.into().all()
}

/// How much of a playlist belongs to a genre; nothing is known of an empty one.
#[derive(FromRow, Debug, PartialEq)]
pub struct Share {
    pub id: i64,
    pub playlist: Option<String>,
    pub tracks: i64,
    pub percent: Option<f64>,
}

/// How many percent of each playlist belong to a genre?
pub fn share_of_genre(session: &Session, genre: &str) -> Result<Vec<Share>> {
    let tracks = func::count(Track::id);
    let of_genre = func::count(Track::id).filter(Genre::name.eq(genre));
    let percent = func::round(of_genre.cast::<f64>() * 100 / func::nullif(&tracks, 0).cast::<f64>(), 1);
    let query = select((Playlist::id, Playlist::name, &tracks, percent))
        .outer_join(Playlist::tracks)
        .outer_join(Track::genre)
        .group_by(Playlist::id)
        .order_by(Playlist::id);
    session.execute(query)?.into().all()
}

/// A track with the number of its playlists.
#[derive(FromRow, Debug, PartialEq)]
pub struct Popular {
    pub id: i64,
    pub track: String,
    pub playlists: i64,
}

/// Which tracks are on several playlists? Playlists of one name count as one.
pub fn on_several_playlists(session: &Session) -> Result<Vec<Popular>> {
    let playlists = func::count(Playlist::name).distinct();
    let query = select((Track::id, Track::name, &playlists))
        .join(Track::playlists)
        .group_by(Track::id)
        .having(playlists.clone().gt(1))
        .order_by((playlists.desc(), Track::id));
    session.execute(query)?.into().all()
}

/// An artist with the genres of the tracks.
#[derive(FromRow, Debug, PartialEq)]
pub struct Versatile {
    pub artist: Option<String>,
    pub genres: Option<String>,
}

/// Which artists have tracks of several genres on their albums?
pub fn artists_of_several_genres(session: &Session) -> Result<Vec<Versatile>> {
    let pairs = select((Artist::id, Artist::name, Genre::name))
        .join(Artist::albums)
        .join(Album::tracks)
        .join(Track::genre)
        .distinct()
        .order_by((Artist::id, Genre::name))
        .subquery("pairs");
    let query = select((pairs.of(Artist::name), func::group_concat(pairs.of(Genre::name), ", ")))
        .group_by(pairs.of(Artist::id))
        .having(func::count_all().gt(1))
        .order_by(pairs.of(Artist::id));
    session.execute(query)?.into().all()
}

/// A track and how long it takes.
#[derive(FromRow, Debug, PartialEq)]
pub struct LongTrack {
    pub track: String,
    pub genre: Option<String>,
    pub milliseconds: i64,
}

/// Which tracks take more than twice as long as the average one of their genre?
pub fn unusually_long(session: &Session) -> Result<Vec<LongTrack>> {
    let other = aliased(Track);
    let average = select(func::avg(other.of(Track::milliseconds)))
        .filter(other.of(Track::genre_id).eq(Track::genre_id))
        .scalar();
    let query = select((Track::name, Genre::name, Track::milliseconds))
        .join(Track::genre)
        .filter(Track::milliseconds.cast::<f64>().gt(average * 2))
        .order_by((Track::milliseconds.desc(), Track::id));
    session.execute(query)?.into().all()
}

/// How much there is of a genre.
#[derive(FromRow, Debug, PartialEq)]
pub struct Size {
    pub genre: Option<String>,
    pub artists: i64,
    pub albums: i64,
    pub tracks: i64,
}

/// How many artists, albums and tracks does each genre have?
pub fn sizes_of_genres(session: &Session) -> Result<Vec<Size>> {
    let artists = func::count(Album::artist_id).distinct();
    let albums = func::count(Track::album_id).distinct();
    let query = select((Genre::name, artists, albums, func::count(Track::id)))
        .outer_join(Genre::tracks)
        .outer_join(Track::album)
        .group_by(Genre::id)
        .order_by(Genre::id);
    session.execute(query)?.into().all()
}

/// A track that was found.
#[derive(FromRow, Debug, PartialEq)]
pub struct Hit {
    pub id: i64,
    pub track: String,
    pub composer: Option<String>,
    pub artist: Option<String>,
}

/// Which tracks, composers or artists match a pattern of `LIKE`?
pub fn search(session: &Session, pattern: &str) -> Result<Vec<Hit>> {
    let query = select((Track::id, Track::name, Track::composer, Artist::name))
        .outer_join(Track::album)
        .outer_join(Album::artist)
        .filter(Track::name.like(pattern) | Track::composer.like(pattern) | Artist::name.like(pattern))
        .order_by((Track::name, Track::id));
    session.execute(query)?.into().all()
}
