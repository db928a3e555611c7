//! An error of each code, a test of the code's name: it is caused as `docs/errors.md` says, whose examples are taken from here
//! word for word, and after the line `// Mended.` made right in each way that is said there.

use std::path::PathBuf;
use std::time::Duration;

use orm::engine::Connection;
use orm::mapper::NewRelationship;
use orm::prelude::*;
use orm::sqlite::{Engine, Options};
use orm::{AnyClass, Code, Constraint, Fault, NPlusOne, SessionConfig};

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(unique)]
    name: String,
    age: Option<u8>,
    #[relationship(back_populates = "user", cascade = "all, delete-orphan")]
    addresses: Many<Address>,
    #[relationship(back_populates = "user")]
    profile: Option<One<Profile>>,
}

#[derive(Mapped)]
struct Address {
    #[column(primary_key)]
    id: i64,
    email: String,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[relationship(back_populates = "addresses")]
    user: One<User>,
}

fn only_http(url: String) -> Result<String, &'static str> {
    if url.starts_with("http") { Ok(url) } else { Err("only what begins with `http`") }
}

#[derive(Mapped)]
struct Link {
    #[column(primary_key)]
    id: i64,
    #[column(validate = only_http)]
    url: String,
}

#[derive(Mapped)]
struct Profile {
    #[column(primary_key, foreign_key = User::id)]
    user_id: i64,
    #[relationship(back_populates = "profile")]
    user: One<User>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    author_id: Option<i64>,
    #[relationship(lazy = "raise")]
    author: Option<One<User>>,
    #[column(deferred)]
    text: Option<String>,
    #[column(deferred_group = "name")]
    summary: Option<String>,
}

#[derive(Mapped)]
struct Quote {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Quote::id)]
    source_id: Option<i64>,
    #[relationship(remote_side = Quote::id, cascade = "merge")]
    source: Option<One<Quote>>,
}

#[derive(Mapped)]
struct Node {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Node::id)]
    parent_id: Option<i64>,
    #[relationship(remote_side = Node::id)]
    parent: Option<One<Node>>,
}

#[derive(Mapped)]
struct Clerk {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Desk::id)]
    desk_id: Option<i64>,
    #[relationship(cascade = "all, delete-orphan", single_parent)]
    desk: Option<One<Desk>>,
}

#[derive(Mapped)]
struct Desk {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped)]
struct Seat {
    #[column(primary_key)]
    row: i64,
    #[column(primary_key)]
    number: i64,
}

#[derive(Mapped)]
struct Tag {
    #[column(primary_key)]
    code: String,
}

/// Registries with a mistake each.
macro_rules! mistaken {
    ($name:ident, $($items:tt)*) => {
        #[allow(dead_code, reason = "only configured")]
        mod $name {
            use super::*;
            orm::registry!(pub(super) Models);
            $($items)*
        }
    };
}

#[path = "errors/database.rs"]
mod database;
#[path = "errors/mapping.rs"]
mod mapping;
#[path = "errors/objects.rs"]
mod objects;
#[path = "errors/queries.rs"]
mod queries;
#[path = "errors/transactions.rs"]
mod transactions;

/// A folder that is gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("orm-test-errors-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A file with the tables.
fn file(test: &str, options: Options) -> orm::Result<(Folder, Engine)> {
    let folder = Folder::new(test);
    let engine = options.open(folder.0.join("app.db"))?;
    DefaultRegistry::create_all(&engine)?;
    Ok((folder, engine))
}

/// A session over two users.
fn filled() -> orm::Result<Session> {
    let engine = Engine::in_memory()?;
    DefaultRegistry::create_all(&engine)?;
    let session = Session::new(&engine);
    let ed = session.add(User::builder().id(1).name("ed").profile(Profile::builder()))?;
    ed.addresses().append(Address::builder().email("ed@example.org"))?;
    session.add(User::builder().id(2).name("kim"))?;
    session.add(Note::builder().id(1).author(&ed))?;
    session.commit()?;
    drop(ed);
    session.close()?;
    Ok(session)
}

/// The texts of the tests.
const TESTS: [&str; 5] = [
    include_str!("errors/mapping.rs"),
    include_str!("errors/objects.rs"),
    include_str!("errors/transactions.rs"),
    include_str!("errors/queries.rs"),
    include_str!("errors/database.rs"),
];

/// The line between what causes an error and what mends it.
const MENDED: &str = "// Mended.";

/// The text between two others.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split(end).next()
}

/// The sections of the page, by their codes.
fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    let page = include_str!("../docs/errors.md");
    page.split("\n## ").skip(1).map(|section| (section.lines().next().unwrap_or_default(), section))
}

/// What the test of a code does to cause its error, and what to mend it; the classes beside it are in the second.
fn test_of(code: &str) -> Option<(&'static str, String)> {
    let name = code.replace('-', "_");
    let start = format!("#[test]\nfn {name}() -> orm::Result<()> {{\n");
    TESTS.iter().find_map(|tests| {
        let (caused, mended) = between(tests, &start, "\n}\n")?.split_once(MENDED)?;
        let classes = between(tests, &format!("\nmistaken! {{ {name},"), "\n}\n").unwrap_or_default();
        Some((caused, format!("{mended}{classes}")))
    })
}

/// What of a word of the page has to stand in the code: the type that it leaves open is left out, and of an option who it
/// belongs to.
fn pieces(word: &str) -> impl Iterator<Item = String> {
    let word = word.replace("<T>", "").replace("SessionConfig::", ".").replace("Options::", ".");
    let parts: Vec<String> =
        word.split("...").map(|part| part.trim_end_matches('>').trim().to_owned()).collect();
    parts.into_iter().filter(|part| part.chars().any(char::is_alphanumeric))
}

#[test]
fn the_documentation_shows_these_examples() {
    let trim = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let codes: Vec<&str> = sections().map(|(code, _)| code).collect();
    assert_eq!(codes, Code::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>());
    for (code, section) in sections() {
        let Some(example) = between(section, "```rust\n", "\n```") else { continue };
        let (caused, _) = test_of(code).unwrap_or_else(|| panic!("`{code}` has no test"));
        assert!(trim(caused).contains(&trim(example)), "the example of `{code}` isn't in its test");
    }
}

#[test]
fn every_mend_is_tried() {
    let mut problems = Vec::new();
    let mut tried = 0;
    for (code, section) in sections() {
        let mend = between(section, "*Mend:*", "\n---").unwrap_or_default().trim();
        if mend.starts_with("Please report it") {
            continue;
        }
        let Some((_, mended)) = test_of(code).filter(|_| !mend.is_empty()) else {
            problems.push(format!("{code}: no mend, or no test that tries it"));
            continue;
        };
        tried += 1;
        for word in mend.split('`').skip(1).step_by(2) {
            if pieces(word).any(|piece| !mended.contains(&piece)) {
                problems.push(format!("{code}: `{word}` isn't tried"));
            }
        }
    }
    assert!(problems.is_empty(), "mends are tried after `{MENDED}`:\n  {}", problems.join("\n  "));
    assert_eq!(tried, Code::ALL.len() - 2);
}
