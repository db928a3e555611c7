//! The documentation of users' classes: rustdoc warns of nothing, what is said of a field is shown with what is made of
//! it, and what only the library uses isn't shown.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Documents the classes of `documented.rs`, and the library; the folder of the classes' pages.
fn documentation() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["doc", "--offline", "--quiet", "--no-deps", "--lib"]);
    command
        .args(["tests", "orm", "orm-core", "orm-derive", "orm-sqlite"].map(|package| format!("-p{package}")));
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("..");
    command.arg("--target-dir").arg(&target);
    let done = command.current_dir(&root).env("RUSTDOCFLAGS", "-D warnings").output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    target.join("doc/tests/documented")
}

/// The text of a page, without its tags.
fn text(page: &Path) -> String {
    let html = std::fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let mut text = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    text
}

#[test]
fn what_is_said_of_a_field_is_said_of_what_is_made_of_it() {
    let pages = documentation();
    let shown = |page: &str, words: &[&str]| {
        let text = text(&pages.join(page));
        for word in words {
            assert!(text.contains(word), "{page} doesn't show {word:?}");
        }
        text
    };
    let user = shown(
        "struct.User.html",
        &[
            "What the user is called",
            "The column documented_user.name.",
            "The relationship User.addresses.",
            "type Key = i64",
        ],
    );
    // Implementations for all types, which stand last, are the same for every type.
    let own = user.rsplit_once("Blanket Implementations").map_or(user.as_str(), |(own, _)| own);
    for hidden in ["TableSource", "into_handle", "from_source", "ValueSource", "AcceptsKey"] {
        assert!(!own.contains(hidden), "the page of User shows {hidden:?}");
    }
    // The example stands where it is compiled and run, at the field.
    assert_eq!(user.matches("assert_eq!").count(), 1);
    let attrs = shown(
        "struct.UserAttrs.html",
        &[
            "It is never empty.",
            "Reads User.name.",
            "Changes User.name.",
            "Where letters to the User go.",
            "Reads User.undocumented.",
        ],
    );
    assert_eq!(attrs.matches("It is never empty.").count(), 2);
    assert_eq!(attrs.matches("Examples").count(), 0);
    shown("struct.UserBuilder.html", &["It is never empty.", "Gives name.", "Made by the database."]);
    shown("struct.UserColumns.html", &["It is never empty.", "The column name."]);
    shown("struct.Link.html", &["One of the two.", "The column documented_link.user_id."]);
    // A link to a class leads to the struct, from wherever it is.
    let index = std::fs::read_to_string(pages.join("index.html")).unwrap();
    assert!(index.contains("href=\"struct.User.html\""), "{index}");
    assert!(!pages.join("constant.User.html").exists(), "the class as a value has a page of its own");
    let attrs = std::fs::read_to_string(pages.join("struct.UserAttrs.html")).unwrap();
    assert!(
        attrs.matches("href=\"struct.User.html\"").count() >= 3,
        "the attributes don't link to the class"
    );
}
