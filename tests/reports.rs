//! The example `reports`: each of its answers, compared with that of SQL written by hand.

#[path = "../examples/reports/catalogue.rs"]
mod catalogue;
#[path = "../examples/chinook/models.rs"]
mod models;
#[path = "../examples/reports/people.rs"]
mod people;
#[path = "../examples/reports/sales.rs"]
mod sales;
#[path = "../examples/reports/small.rs"]
mod small;
#[path = "../examples/chinook/types.rs"]
mod types;

use std::fmt::Debug;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use orm::engine::Row;
use orm::prelude::*;
use orm::sqlite::Engine;
use orm::{Result, Typed, Value};

use crate::types::Timestamp;

/// A row that is read as plain SQL gives it.
trait Plain: Sized {
    fn plain(row: &dyn Row) -> Result<Self>;
}

fn value<V: Typed>(row: &dyn Row, at: usize) -> Result<V> {
    Ok(V::from_value(row.get(at)?).unwrap_or_else(|error| panic!("column {at}: {error}")))
}

impl Plain for Option<String> {
    fn plain(row: &dyn Row) -> Result<Self> {
        value(row, 0)
    }
}

macro_rules! plain {
    ($($($name:ident $at:literal)*;)*) => {$(
        impl<$($name: Typed),*> Plain for ($($name,)*) {
            fn plain(row: &dyn Row) -> Result<Self> {
                Ok(($(value::<$name>(row, $at)?,)*))
            }
        }
    )*};
}

plain! {
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
    A 0 B 1 C 2 D 3 E 4;
}

/// A database that is asked both ways.
struct Store {
    session: Session,
    is_small: bool,
}

impl Store {
    /// The small one, and Chinook where its file is: where the variable `CHINOOK` says, else where the example has it.
    fn all() -> Vec<Store> {
        let mut stores = vec![Store { session: Session::new(&small::store().unwrap()), is_small: true }];
        let file = match std::env::var_os("CHINOOK") {
            Some(file) => PathBuf::from(file),
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data/Chinook_Sqlite.sqlite"),
        };
        if file.exists() {
            let engine = Engine::options().read_only(true).open(file).unwrap();
            stores.push(Store { session: Session::new(&engine), is_small: false });
        }
        stores
    }

    fn by_hand<T: FromRow<Row: Plain>>(&self, sql: &str, parameters: &[Value]) -> Vec<T> {
        let mut rows = Vec::new();
        self.session
            .connection()
            .unwrap()
            .query(sql, parameters, &mut |row| {
                rows.push(T::from_row(T::Row::plain(row)?));
                Ok(ControlFlow::Continue(()))
            })
            .unwrap_or_else(|error| panic!("{error}\n{sql}"));
        rows
    }
}

/// Asks every store by the example and by hand; `rows` is how many rows the small one answers, so that no question is
/// answered by nothing.
#[track_caller]
fn same_with<T: FromRow<Row: Plain> + Debug + PartialEq>(
    rows: usize,
    ask: impl Fn(&Session) -> Result<Vec<T>>,
    sql: &str,
    parameters: &[Value],
) {
    for store in Store::all() {
        let asked = ask(&store.session).unwrap_or_else(|error| panic!("{error}"));
        if store.is_small {
            assert_eq!(asked.len(), rows, "{asked:#?}");
        }
        let by_hand = store.by_hand::<T>(sql, parameters);
        for (at, (asked, by_hand)) in asked.iter().zip(&by_hand).enumerate() {
            assert_eq!(asked, by_hand, "row {at}, in the small store: {}", store.is_small);
        }
        assert_eq!(asked.len(), by_hand.len(), "in the small store: {}", store.is_small);
    }
}

#[track_caller]
fn same<T: FromRow<Row: Plain> + Debug + PartialEq>(
    rows: usize,
    ask: impl Fn(&Session) -> Result<Vec<T>>,
    sql: &str,
) {
    same_with(rows, ask, sql, &[]);
}

#[test]
fn revenue_by_country_and_year() {
    same(
        8,
        sales::revenue,
        "SELECT BillingCountry, year, round(total, 2),
                (SELECT sum(Total) FROM Invoice i
                 WHERE i.BillingCountry IS groups.BillingCountry AND substr(InvoiceDate, 1, 4) <= year)
         FROM (SELECT BillingCountry, substr(InvoiceDate, 1, 4) AS year, sum(Total) AS total FROM Invoice GROUP BY 1, 2)
              AS groups
         ORDER BY 1, 2",
    );
}

#[test]
fn months_without_growth() {
    same(
        4,
        sales::months_without_growth,
        "WITH months(month, total) AS (
             SELECT substr(InvoiceDate, 1, 7), round(sum(Total), 2) FROM Invoice GROUP BY 1
         )
         SELECT m.month, m.total, b.total FROM months m
         JOIN months b ON b.month = (SELECT max(month) FROM months WHERE month < m.month)
         WHERE m.total <= b.total ORDER BY 1",
    );
}

#[test]
fn best_customers() {
    same(
        3,
        sales::best_customers,
        "WITH spent AS (
             SELECT c.*, (SELECT round(sum(Total), 2) FROM Invoice i WHERE i.CustomerId = c.CustomerId) AS total
             FROM Customer c
         )
         SELECT Country, FirstName, LastName, total FROM spent s
         WHERE total = (SELECT max(total) FROM spent o WHERE o.Country IS s.Country)
         ORDER BY Country, CustomerId",
    );
}

#[test]
fn wrong_invoices() {
    same(
        2,
        sales::wrong_invoices,
        "SELECT InvoiceId, Total, lines FROM (
             SELECT i.*, (SELECT total(UnitPrice * Quantity) FROM InvoiceLine l WHERE l.InvoiceId = i.InvoiceId) AS lines
             FROM Invoice i)
         WHERE abs(Total - lines) > 0.001 ORDER BY 1",
    );
}

#[test]
fn sales_by_employee() {
    same(
        5,
        sales::by_employee,
        "SELECT FirstName, LastName,
                (SELECT count(*) FROM Customer WHERE SupportRepId = EmployeeId),
                (SELECT count(*) FROM Invoice JOIN Customer USING (CustomerId) WHERE SupportRepId = EmployeeId),
                (SELECT round(total(Total), 2) FROM Invoice JOIN Customer USING (CustomerId)
                 WHERE SupportRepId = EmployeeId)
         FROM Employee ORDER BY 5 DESC, EmployeeId",
    );
}

#[test]
fn three_years() {
    same(
        3,
        sales::three_years,
        "WITH paid(country, year, total) AS (
             SELECT BillingCountry, substr(InvoiceDate, 1, 4), round(sum(Total), 2) FROM Invoice GROUP BY 1, 2
         )
         SELECT country,
                coalesce((SELECT total FROM paid WHERE country IS c.country AND year = '2023'), 0),
                coalesce((SELECT total FROM paid WHERE country IS c.country AND year = '2024'), 0),
                coalesce((SELECT total FROM paid WHERE country IS c.country AND year = '2025'), 0)
         FROM (SELECT DISTINCT country FROM paid) c ORDER BY 1",
    );
}

#[test]
fn leading_genres() {
    same(
        1,
        sales::leading_genres,
        "SELECT g.Name, sum(l.UnitPrice * Quantity) AS total
         FROM Genre g JOIN Track t USING (GenreId) JOIN InvoiceLine l USING (TrackId)
         GROUP BY GenreId
         HAVING total > (SELECT sum(v.UnitPrice * Quantity) FROM InvoiceLine v JOIN Track USING (TrackId) WHERE GenreId NOTNULL)
                        / (SELECT count(DISTINCT GenreId) FROM InvoiceLine JOIN Track USING (TrackId))
         ORDER BY 2 DESC, 1",
    );
}

#[test]
fn longest_chains() {
    same(
        2,
        people::longest_chains,
        "WITH RECURSIVE chain(id, names, steps) AS (
             SELECT EmployeeId, LastName, 0 FROM Employee WHERE ReportsTo IS NULL
             UNION ALL
             SELECT EmployeeId, names || ' > ' || LastName, steps + 1 FROM chain JOIN Employee ON ReportsTo = id
         )
         SELECT * FROM chain WHERE steps = (SELECT max(steps) FROM chain) ORDER BY id",
    );
}

#[test]
fn customers_who_bought_every_genre() {
    for (rows, tracks) in [(0, 0), (1, 1), (1, 2), (4, 4), (5, 5), (6, 300)] {
        same_with(
            rows,
            |session| people::bought_every_genre(session, tracks),
            "WITH large AS (SELECT GenreId FROM Genre g
                            WHERE (SELECT count(*) FROM Track t WHERE t.GenreId = g.GenreId) >= ?1)
             SELECT CustomerId, FirstName, LastName FROM Customer c
             WHERE (SELECT count(DISTINCT GenreId) FROM InvoiceLine JOIN Invoice i USING (InvoiceId)
                    JOIN Track USING (TrackId) WHERE i.CustomerId = c.CustomerId AND GenreId IN large)
                   = (SELECT count(*) FROM large)
             ORDER BY 1",
            &[tracks.into()],
        );
    }
}

#[test]
fn customers_without_a_recent_invoice() {
    let days = [(5, (2025, 6, 2)), (4, (2025, 6, 1)), (1, (2023, 1, 1)), (6, (2030, 1, 1))];
    for (rows, (year, month, day)) in days {
        let since = Timestamp::date(year, month, day);
        same_with(
            rows,
            |session| people::without_invoice_since(session, since),
            "SELECT c.CustomerId, FirstName, LastName FROM Customer c LEFT JOIN Invoice i USING (CustomerId)
             GROUP BY CustomerId HAVING max(InvoiceDate) IS NULL OR max(InvoiceDate) < ? ORDER BY 1",
            &[since.to_string().into()],
        );
    }
}

#[test]
fn countries_without_an_office() {
    same(
        3,
        people::countries_without_office,
        "SELECT DISTINCT name FROM (SELECT Country AS name FROM Customer UNION ALL SELECT BillingCountry FROM Invoice)
         WHERE NOT EXISTS (SELECT 1 FROM Employee e WHERE e.Country IS name) ORDER BY 1",
    );
}

#[test]
fn the_top_three_tracks_of_each_genre() {
    same(
        7,
        catalogue::top_three,
        "WITH sold AS (SELECT TrackId, GenreId, Name, sum(Quantity) AS sold
                       FROM Track JOIN InvoiceLine USING (TrackId) GROUP BY TrackId),
              placed AS (SELECT *, 1 + (SELECT count(*) FROM sold o WHERE o.GenreId IS s.GenreId AND
                         (o.sold > s.sold OR o.sold = s.sold AND o.TrackId < s.TrackId)) AS place FROM sold s)
         SELECT g.Name, place, p.Name, sold FROM placed p JOIN Genre g USING (GenreId) WHERE place <= 3 ORDER BY 1, 2",
    );
}

#[test]
fn albums_never_sold() {
    same(
        1,
        catalogue::never_sold,
        "SELECT AlbumId, Title, a.Name FROM Album JOIN Artist a USING (ArtistId)
         WHERE AlbumId NOT IN (SELECT AlbumId FROM Track JOIN InvoiceLine USING (TrackId) WHERE AlbumId IS NOT NULL)
         ORDER BY 1",
    );
}

#[test]
fn average_length_by_media_type() {
    same(
        3,
        catalogue::average_length,
        "SELECT Name, (SELECT count(*) FROM Track t WHERE t.MediaTypeId = m.MediaTypeId),
                (SELECT round(avg(Milliseconds) / 1000, 1) FROM Track t WHERE t.MediaTypeId = m.MediaTypeId)
         FROM MediaType m ORDER BY MediaTypeId",
    );
}

#[test]
fn how_much_of_a_playlist_is_of_a_genre() {
    for genre in ["Rock", "Jazz", "nothing"] {
        same_with(
            4,
            |session| catalogue::share_of_genre(session, genre),
            "WITH members AS (SELECT PlaylistId, g.Name = ? AS hit FROM PlaylistTrack JOIN Track USING (TrackId)
                              LEFT JOIN Genre g USING (GenreId))
             SELECT PlaylistId, Name, count(m.PlaylistId), round(100.0 * sum(hit) / count(m.PlaylistId), 1)
             FROM Playlist LEFT JOIN members m USING (PlaylistId) GROUP BY PlaylistId ORDER BY 1",
            &[genre.into()],
        );
    }
}

#[test]
fn tracks_on_several_playlists() {
    same(
        1,
        catalogue::on_several_playlists,
        "SELECT TrackId, Track.Name, count(*) FROM Track
         JOIN (SELECT DISTINCT TrackId, p.Name FROM PlaylistTrack JOIN Playlist p USING (PlaylistId)
               WHERE p.Name IS NOT NULL) USING (TrackId)
         GROUP BY TrackId HAVING count(*) > 1 ORDER BY 3 DESC, 1",
    );
}

#[test]
fn artists_of_several_genres() {
    same(
        1,
        catalogue::artists_of_several_genres,
        "SELECT Name, (SELECT group_concat(Name, ', ') FROM (
                 SELECT DISTINCT g.Name FROM Genre g JOIN Track USING (GenreId) JOIN Album b USING (AlbumId)
                 WHERE b.ArtistId = a.ArtistId ORDER BY 1)) AS genres
         FROM Artist a WHERE genres LIKE '%, %' ORDER BY ArtistId",
    );
}

#[test]
fn tracks_far_longer_than_their_genre() {
    same(
        1,
        catalogue::unusually_long,
        "WITH usual AS (SELECT GenreId, avg(Milliseconds) AS average FROM Track GROUP BY 1)
         SELECT t.Name, g.Name, Milliseconds FROM Track t JOIN usual USING (GenreId) JOIN Genre g USING (GenreId)
         WHERE Milliseconds > 2 * average ORDER BY 3 DESC, TrackId",
    );
}

#[test]
fn what_each_genre_has() {
    same(
        4,
        catalogue::sizes_of_genres,
        "SELECT Name,
                (SELECT count(*) FROM Artist a WHERE EXISTS (SELECT 1 FROM Album b JOIN Track t USING (AlbumId)
                 WHERE b.ArtistId = a.ArtistId AND t.GenreId = g.GenreId)),
                (SELECT count(*) FROM Album b WHERE EXISTS (SELECT 1 FROM Track t
                 WHERE t.AlbumId = b.AlbumId AND t.GenreId = g.GenreId)),
                (SELECT count(*) FROM Track t WHERE t.GenreId = g.GenreId)
         FROM Genre g ORDER BY GenreId",
    );
}

#[test]
fn tracks_that_match_a_pattern() {
    for (rows, pattern) in [(3, "%love%"), (4, "_o%e%"), (0, "100\\%"), (11, "%")] {
        same_with(
            rows,
            |session| catalogue::search(session, pattern),
            "SELECT TrackId, t.Name, Composer, a.Name FROM Track t LEFT JOIN Album USING (AlbumId)
             LEFT JOIN Artist a USING (ArtistId)
             WHERE t.Name LIKE ?1 OR Composer LIKE ?1 OR a.Name LIKE ?1 ORDER BY 2, 1",
            &[pattern.into()],
        );
    }
}
