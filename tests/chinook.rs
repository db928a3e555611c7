//! The example `chinook`, compared with what plain SQL says of the same file.

#[allow(dead_code, reason = "the example uses all of it")]
#[path = "../examples/chinook/changes.rs"]
mod changes;
#[path = "../examples/chinook/models.rs"]
mod models;
#[path = "../examples/chinook/report.rs"]
mod report;
#[path = "../examples/chinook/types.rs"]
mod types;

use std::ops::ControlFlow;
use std::path::PathBuf;

use orm::engine::Connection;
use orm::prelude::*;
use orm::sqlite::Engine;
use orm::{Value, ValueRef};

use crate::types::{Money, Timestamp};

/// A copy of the file in a folder that is gone at the end.
struct Copy(PathBuf);

impl Copy {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("orm-test-chinook-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("file"), include_bytes!("../examples/data/Chinook_Sqlite.sqlite"))
            .unwrap();
        Copy(folder)
    }

    fn open(&self) -> Engine {
        Engine::open(self.0.join("file")).unwrap()
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The first column of every row.
fn column(engine: &Engine, sql: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let connection = engine.connect().unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    statement
        .query(&mut |row| {
            rows.push(row.get(0)?.to_value());
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    rows
}

fn lines(engine: &Engine, sql: &str) -> Vec<String> {
    column(engine, sql)
        .into_iter()
        .map(|value| match value {
            Value::Text(line) => line,
            other => panic!("{other}"),
        })
        .collect()
}

/// The lines under a heading.
fn section<'a>(output: &'a str, title: &str) -> Vec<&'a str> {
    let lines: Vec<&str> = output.lines().collect();
    let start = lines.iter().position(|line| *line == title).unwrap_or_else(|| panic!("no {title}")) + 2;
    lines[start..].iter().take_while(|line| !line.is_empty()).copied().collect()
}

fn run(engine: &Engine, job: impl FnOnce(&Session, &mut dyn std::io::Write)) -> String {
    let mut out = Vec::new();
    job(&Session::new(engine), &mut out);
    String::from_utf8(out).unwrap()
}

const EMPLOYEES: &str = "
    WITH RECURSIVE tree(id, depth, path) AS (
        SELECT EmployeeId, 0, printf('%04d', EmployeeId) FROM Employee WHERE ReportsTo IS NULL
        UNION ALL
        SELECT e.EmployeeId, depth + 1, path || printf('%04d', e.EmployeeId)
        FROM Employee e JOIN tree ON e.ReportsTo = tree.id
    )
    SELECT printf('%-20s %-20s since %s', substr('        ', 1, 2 * depth) || FirstName || ' ' || LastName, Title,
                  date(HireDate)) || CASE WHEN customers THEN printf(', %d customers', customers) ELSE '' END
    FROM (SELECT e.*, depth, path,
                 (SELECT count(*) FROM Customer c WHERE c.SupportRepId = e.EmployeeId) AS customers
          FROM tree JOIN Employee e ON e.EmployeeId = tree.id)
    ORDER BY path";

const BEST: &str = "
    WITH best AS (
        SELECT c.*, sum(Total) AS total, count(*) AS invoices FROM Customer c JOIN Invoice USING (CustomerId)
        GROUP BY CustomerId ORDER BY sum(Total) DESC, CustomerId LIMIT 3
    )
    SELECT line FROM (
        SELECT best.total AS t, CustomerId AS c, 0 AS i, printf('%s %s, %s: %.2f in %d invoices; looked after by %s',
            best.FirstName, best.LastName, best.Country, best.total, invoices, e.FirstName) AS line
        FROM best JOIN Employee e ON e.EmployeeId = SupportRepId
        UNION ALL
        SELECT best.total, CustomerId, InvoiceId, printf('  %s  no. %3d  %6.2f for %d track%s', date(InvoiceDate),
            InvoiceId, v.Total, lines, CASE lines WHEN 1 THEN '' ELSE 's' END)
        FROM best JOIN (SELECT Invoice.*, (SELECT count(*) FROM InvoiceLine l WHERE l.InvoiceId = Invoice.InvoiceId)
                        AS lines FROM Invoice) v USING (CustomerId)
    ) ORDER BY t DESC, c, i";

const LARGEST: &str = "
    WITH largest AS (SELECT * FROM Invoice ORDER BY Total DESC, InvoiceId LIMIT 1)
    SELECT line FROM (
        SELECT 0 AS i, printf('No. %d of %s, to %s %s: %.2f', InvoiceId, date(InvoiceDate), FirstName, LastName, Total)
            AS line FROM largest JOIN Customer USING (CustomerId)
        UNION ALL
        SELECT InvoiceLineId, printf('  %6.2f  %s (%s)', l.UnitPrice * Quantity, t.Name, a.Name)
        FROM largest JOIN InvoiceLine l USING (InvoiceId) JOIN Track t USING (TrackId) JOIN Album USING (AlbumId)
             JOIN Artist a USING (ArtistId)
    ) ORDER BY i";

const PLAYLISTS: &str = "
    WITH songs AS (
        SELECT PlaylistId, Milliseconds, t.Name || ' (' || a.Name || ')' AS name,
               row_number() OVER (PARTITION BY PlaylistId ORDER BY TrackId) AS place
        FROM PlaylistTrack JOIN Track t USING (TrackId) JOIN Album USING (AlbumId) JOIN Artist a USING (ArtistId)
    ), sums AS (SELECT PlaylistId, count(*) AS songs, sum(Milliseconds) / 60000 AS length FROM songs GROUP BY 1)
    SELECT line FROM (
        SELECT PlaylistId AS p, 0 AS i, CASE WHEN songs IS NULL THEN Name || ': empty'
            ELSE printf('%s: %d track%s, %d h %02d min', Name, songs, CASE songs WHEN 1 THEN '' ELSE 's' END,
                        length / 60, length % 60) END AS line
        FROM Playlist LEFT JOIN sums USING (PlaylistId)
        UNION ALL SELECT PlaylistId, place, '  ' || name FROM songs WHERE place <= 3
        UNION ALL SELECT PlaylistId, 4, '  ...' FROM sums WHERE songs > 3
    ) ORDER BY p, i";

const KINDS: &str = "
    SELECT line FROM (
        SELECT 1 AS a, MediaTypeId AS b, printf('%5d tracks as %s', (SELECT count(*) FROM Track t
            WHERE t.MediaTypeId = m.MediaTypeId), Name) AS line FROM MediaType m
        UNION ALL SELECT 2, GenreId, printf('%5d tracks of %s', (SELECT count(*) FROM Track t
            WHERE t.GenreId = g.GenreId), Name) FROM Genre g WHERE GenreId <= 5
        UNION ALL SELECT 3, 0, printf('%5d artists without an album', count(*)) FROM Artist
            WHERE ArtistId NOT IN (SELECT ArtistId FROM Album)
        UNION ALL SELECT 4, 0, printf('%5d tracks that nobody bought', count(*)) FROM Track
            WHERE TrackId NOT IN (SELECT TrackId FROM InvoiceLine)
    ) ORDER BY a, b";

#[test]
fn the_report_says_what_plain_sql_says() {
    let file = Copy::new("report");
    let engine = file.open();
    let output = run(&engine, |session, out| report::report(session, out).unwrap());
    let parts = [
        ("Employees", EMPLOYEES),
        ("Best customers", BEST),
        ("The largest invoice", LARGEST),
        ("Playlists", PLAYLISTS),
        ("Media types and genres", KINDS),
    ];
    for (title, sql) in parts {
        let expected = lines(&engine, sql);
        assert!(!expected.is_empty());
        assert_eq!(section(&output, title), expected, "{title}");
    }
    assert_eq!(run(&engine, |session, out| report::report(session, out).unwrap()), output);
}

#[test]
fn the_changes_are_in_the_file_and_nothing_else_is() {
    let file = Copy::new("changes");
    const TABLES: [&str; 11] = [
        "Album",
        "Artist",
        "Customer",
        "Employee",
        "Genre",
        "Invoice",
        "InvoiceLine",
        "MediaType",
        "Playlist",
        "PlaylistTrack",
        "Track",
    ];
    let count =
        |engine: &Engine, table: &str| match column(engine, &format!("SELECT count(*) FROM {table}"))[..] {
            [Value::Int(rows)] => rows,
            ref other => panic!("{other:?}"),
        };
    let engine = file.open();
    let before = TABLES.map(|table| count(&engine, table));
    let output = run(&engine, |session, out| changes::change(session, out).unwrap());
    assert!(output.ends_with("\nCommitted.\n"));
    engine.close();

    let engine = file.open();
    let mut expected = before;
    for (table, by) in [
        ("Album", 2),
        ("Artist", 1),
        ("Invoice", -1),
        ("InvoiceLine", -14),
        ("PlaylistTrack", 1),
        ("Track", 5),
    ] {
        expected[TABLES.iter().position(|name| *name == table).unwrap()] += by;
    }
    assert_eq!(TABLES.map(|table| count(&engine, table)), expected);

    // What isn't counted above: each cell of the other rows is what it was.
    let original = Copy::new("original");
    let same = format!(
        "ATTACH '{}' AS old;
         CREATE TEMP TABLE report (difference TEXT);",
        original.0.join("file").display()
    );
    let connection = engine.connect().unwrap();
    connection.execute_batch(&same).unwrap();
    let mut differences = Vec::new();
    for table in TABLES {
        let sql = format!(
            "SELECT '{table}', '-', * FROM (SELECT * FROM old.{table} EXCEPT SELECT * FROM main.{table})
             UNION ALL SELECT '{table}', '+', * FROM (SELECT * FROM main.{table} EXCEPT SELECT * FROM old.{table})"
        );
        let mut statement = connection.prepare(&sql).unwrap();
        statement
            .query(&mut |row| {
                let text = |index| row.get(index).map(|value| value.to_value().to_string());
                differences.push(format!("{} {} {}", text(0)?, text(1)?, text(2)?).replace('\'', ""));
                Ok(ControlFlow::Continue(()))
            })
            .unwrap();
    }
    let kinds = |prefix: &str| differences.iter().filter(|line| line.starts_with(prefix)).count();
    assert_eq!((kinds("Customer - "), kinds("Customer + ")), (1, 1));
    assert_eq!((kinds("PlaylistTrack - "), kinds("PlaylistTrack + ")), (1, 2));
    assert_eq!((kinds("InvoiceLine - "), kinds("Invoice - 404")), (14, 1));
    assert_eq!((kinds("Artist + 276"), kinds("Album + "), kinds("Track + ")), (1, 2, 5));
    assert_eq!(differences.len(), 1 + 1 + 1 + 2 + 14 + 1 + 1 + 2 + 5, "{differences:#?}");
    drop(connection);

    assert_eq!(
        lines(
            &engine,
            "SELECT e.FirstName FROM Customer JOIN Employee e ON EmployeeId = SupportRepId
             WHERE Customer.Email = 'hholy@gmail.com'"
        ),
        ["Margaret"]
    );
    assert_eq!(
        lines(
            &engine,
            "SELECT printf('%s|%s|%s|%d|%.2f|%s', t.Name, Title, m.Name, Milliseconds, UnitPrice, typeof(UnitPrice))
             FROM Artist a JOIN Album USING (ArtistId) JOIN Track t USING (AlbumId)
             JOIN MediaType m USING (MediaTypeId) JOIN Genre g USING (GenreId)
             WHERE a.Name = 'The Borrow Checkers' AND g.Name = 'Rock' ORDER BY TrackId"
        ),
        [
            "Outlives|Lifetimes|AAC audio file|211000|0.99|real",
            "Elided|Lifetimes|AAC audio file|187000|0.99|real",
            "Static|Lifetimes|AAC audio file|254000|0.99|real",
            "Use After|Moved Out|AAC audio file|199000|0.99|real",
            "Dropped|Moved Out|AAC audio file|243000|0.99|real",
        ]
    );
    let proof = run(&engine, |session, out| changes::prove(session, out).unwrap());
    assert!(proof.contains("\nHelena Holý is looked after by Margaret.\n"), "{proof}");
    assert_eq!(lines(&engine, "PRAGMA integrity_check"), ["ok"]);
    assert_eq!(column(&engine, "PRAGMA foreign_key_check"), []);
}

#[test]
fn the_proof_fails_where_nothing_was_changed() {
    let file = Copy::new("proof");
    let engine = file.open();
    let session = Session::new(&engine);
    assert!(changes::prove(&session, &mut Vec::new()).is_err());
}

#[test]
fn money_and_time_are_exact() {
    use orm::ColumnType;
    for cents in [0, 1, 99, 100, 199, 2586, 10_007, -5] {
        let money = Money::cents(cents);
        assert_eq!(Money::from_value(money.to_value().as_ref()), Ok(money));
    }
    assert_eq!(Money::from_value(ValueRef::Int(2)), Ok(Money::cents(200)));
    assert_eq!(Money::cents(-5).to_string(), "-0.05");
    assert!(Money::from_value(ValueRef::Real(0.995)).is_err());
    assert!(Money::from_value(ValueRef::Real(f64::NAN)).is_err());
    assert!(Money::from_value(ValueRef::Text("1.00")).is_err());
    assert!(Money::cents(i64::MAX).check().is_err());
    assert!(Money::cents(i64::MIN).check().is_err());

    for good in ["2021-01-01 00:00:00", "2024-02-29 23:59:59"] {
        assert_eq!(Timestamp::from_value(ValueRef::Text(good)).unwrap().to_string(), good);
    }
    for bad in [
        "2023-02-29 00:00:00",
        "2021-1-1 00:00:00",
        "2021-01-01",
        "2021-13-01 00:00:00",
        "2021-01-01 24:00:00",
    ] {
        assert!(Timestamp::from_value(ValueRef::Text(bad)).is_err(), "{bad}");
    }
}
