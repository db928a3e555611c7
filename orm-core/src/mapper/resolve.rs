//! Names to classes and tables: full or partial module paths, ambiguity, near misses.

use crate::declare::{ModelDecl, TableDecl};
use crate::error::{Code, Error, Result};
use crate::sql::{own_name, parts};

/// The place of the class that a name means: its name, or the end of its path of modules and name, or a part
/// of that path with the name, as long as one class fits. The parts of a path stand between `::` or, as in the texts of
/// conditions, points.
pub(super) fn class(decls: &[&'static ModelDecl], name: &str) -> Result<usize> {
    let parts = name.split("::").flat_map(|part| part.split('.')).map(str::trim);
    let wanted: Vec<&str> = parts.filter(|part| *part != "crate").collect();
    let Some((class, modules)) = wanted.split_last() else {
        return Err(Error::new(Code::UnknownName, "an empty name"));
    };
    let fits: Vec<usize> = decls
        .iter()
        .enumerate()
        .filter(|(_, decl)| decl.class == *class && has_run(decl.module, modules))
        .map(|(at, _)| at)
        .collect();
    // A path that ends right before the class is meant before one that only stands somewhere in it, and the whole path
    // before one that ends so.
    let tail: Vec<usize> = fits.iter().copied().filter(|at| ends_with(decls[*at].module, modules)).collect();
    let whole: Vec<usize> = tail.iter().copied().filter(|at| is_path(decls[*at].module, modules)).collect();
    match (fits.as_slice(), tail.as_slice(), whole.as_slice()) {
        ([one], ..) | (_, [one], _) | (.., [one]) => Ok(*one),
        ([], ..) => Err(no_class(decls, name, class, modules)),
        (several, tail, _) => Err(several_classes(decls, name, if tail.is_empty() { several } else { tail })),
    }
}

/// The error of a name that no class has.
fn no_class(decls: &[&'static ModelDecl], name: &str, class: &str, modules: &[&str]) -> Error {
    let error = Error::new(Code::UnknownName, format!("no mapped class is called `{name}`"));
    let same: Vec<usize> = (0..decls.len()).filter(|at| decls[*at].class == class).collect();
    if !same.is_empty() {
        return error.help(format!("there is {}", paths(decls, &same)));
    }
    if let Some(inner) = generic(name) {
        return error.help(format!("a name is that of a class alone: write `{inner}`"));
    }
    // What stands in the module that is named is meant before what stands elsewhere.
    let beside: Vec<&str> =
        decls.iter().filter(|decl| has_run(decl.module, modules)).map(|decl| decl.class).collect();
    if let Some(near) = nearest(class, beside.iter().copied()) {
        let path: Vec<&str> = modules.iter().copied().chain([near]).collect();
        return error.help(format!("did you mean `{}`?", path.join("::")));
    }
    match nearest(class, decls.iter().map(|decl| decl.class)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if !modules.is_empty() && !beside.is_empty() && beside.len() <= LISTED => {
            let names: Vec<String> = beside.iter().map(|class| format!("`{class}`")).collect();
            error.help(format!("`{}` has {}", modules.join("::"), names.join(", ")))
        }
        None => error.help("derive `Mapped` for it, in the same registry"),
    }
}

/// The error of a name that several classes have.
fn several_classes(decls: &[&'static ModelDecl], name: &str, several: &[usize]) -> Error {
    let error = Error::new(Code::AmbiguousName, format!("several mapped classes are called `{name}`"));
    let module = several.first().map_or("", |at| decls[*at].module);
    if several.iter().all(|at| decls[*at].module == module) {
        return error.help(format!("they stand in one module, `{module}`: give one of them another name"));
    }
    error.help(format!("write more of the path: {}", paths(decls, several)))
}

/// How many names a message lists.
const LISTED: usize = 12;

fn paths(decls: &[&'static ModelDecl], places: &[usize]) -> String {
    let path = |at: &usize| match decls[*at] {
        ModelDecl { module: "", class, .. } => format!("`{class}`"),
        ModelDecl { module, class, .. } => format!("`{module}::{class}`"),
    };
    let mut paths: Vec<String> = places.iter().take(LISTED).map(path).collect();
    if places.len() > LISTED {
        paths.push("...".to_owned());
    }
    paths.join(", ")
}

/// The class in the spelling of a type: `Post` in `Many<Post>` and `list[Post]`.
fn generic(name: &str) -> Option<&str> {
    let (_, inner) = name.split_once(['<', '['])?;
    let end = inner.find(['<', '>', '[', ']', ','])?;
    inner.get(..end).map(str::trim).filter(|inner| !inner.is_empty())
}

/// The table of that name, or of the class of that name or path.
pub(super) fn secondary(
    tables: &[&'static TableDecl],
    decls: &[&'static ModelDecl],
    name: &str,
) -> Result<&'static TableDecl> {
    table(tables, name).or_else(|error| match class(decls, name) {
        Ok(at) => Ok(&decls[at].table),
        Err(ambiguous) if ambiguous.code() == Code::AmbiguousName => Err(ambiguous),
        Err(_) => Err(error),
    })
}

/// The table of that name.
pub(super) fn table(tables: &[&'static TableDecl], name: &str) -> Result<&'static TableDecl> {
    tables.iter().copied().find(|table| table.name == name).ok_or_else(|| {
        let error = Error::new(Code::UnknownName, format!("no table is called `{name}`"));
        // One of another schema may be meant.
        let alike =
            tables.iter().find(|table| own_name(table.name) == own_name(name)).map(|table| table.name);
        match alike.or_else(|| nearest(name, tables.iter().map(|table| table.name))) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("declare it with `#[derive(Table)]`"),
        }
    })
}

/// The table that a text names, where no name is quoted.
pub(super) fn table_of_text(tables: &[&'static TableDecl], name: &str) -> Result<&'static TableDecl> {
    table(tables, name).or_else(|error| {
        let is_it = |table: &&&'static TableDecl| match parts(table.name) {
            (Some(schema), own) => {
                name.strip_prefix(&*schema).and_then(|rest| rest.strip_prefix('.')) == Some(&*own)
            }
            (None, own) => own == name,
        };
        tables.iter().find(is_it).copied().ok_or(error)
    })
}

fn has_run(module: &str, part: &[&str]) -> bool {
    let path: Vec<&str> = module.split("::").collect();
    part.is_empty() || path.windows(part.len()).any(|run| run == part)
}

fn ends_with(module: &str, part: &[&str]) -> bool {
    let path: Vec<&str> = module.split("::").collect();
    path.ends_with(part)
}

fn is_path(module: &str, part: &[&str]) -> bool {
    module.split("::").eq(part.iter().copied())
}

/// The name that is most like another, if one is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    names
        .into_iter()
        .map(|other| (distance(&name.to_lowercase(), &other.to_lowercase()), other))
        .filter(|(distance, other)| *distance <= 1 + name.len().max(other.len()) / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// Levenshtein's distance, by the usual two rows.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names() {
        assert_eq!(nearest("Adress", ["User", "Address"]), Some("Address"));
        assert_eq!(nearest("user", ["User", "Address"]), Some("User"));
        assert_eq!(nearest("Invoice", ["User", "Address"]), None);
    }

    #[test]
    fn parts_of_paths() {
        assert!(has_run("app::blog::model", &["blog"]));
        assert!(has_run("app::blog::model", &["blog", "model"]));
        assert!(!has_run("app::blog::model", &["app", "model"]));
        assert!(ends_with("app::blog::model", &["model"]));
        assert!(!ends_with("app::blog::model", &["blog"]));
        assert!(is_path("app::blog", &["app", "blog"]) && !is_path("app::blog", &["blog"]));
    }

    const fn decl(module: &'static str, class: &'static str) -> ModelDecl {
        ModelDecl {
            class,
            module,
            table: TableDecl::named(class),
            relations: &[],
            listen: None,
            confirm_deleted_rows: true,
            synonyms: &[],
            composites: &[],
        }
    }

    fn found(name: &str) -> String {
        static ALL: [ModelDecl; 8] = [
            decl("app::blog", "Post"),
            decl("blog", "Post"),
            decl("app::forum", "Post"),
            decl("app::forum", "Thread"),
            decl("app::Thread", "Reply"),
            decl("app", "Double"),
            decl("app", "Double"),
            decl("", "city"),
        ];
        let all: Vec<&'static ModelDecl> = ALL.iter().collect();
        match class(&all, name) {
            Ok(at) => format!("{}::{}", all[at].module, all[at].class),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn paths_of_classes() {
        let paths = [
            ("forum::Post", "app::forum::Post"),
            ("forum.Post", "app::forum::Post"),
            ("app::blog::Post", "app::blog::Post"),
            // Another crate's module is a whole path, though this one's ends like it.
            ("blog::Post", "blog::Post"),
            // A module that is called as a class is.
            ("Thread", "app::forum::Thread"),
            ("Thread::Reply", "app::Thread::Reply"),
            ("crate ::forum::Thread", "app::forum::Thread"),
            ("city", "::city"),
        ];
        for (name, path) in paths {
            assert_eq!(found(name), path, "{name}");
        }
    }

    #[test]
    fn paths_that_lead_nowhere() {
        let errors = [
            (
                "Post",
                "[ambiguous-name] several mapped classes are called `Post`; help: write more of the path: \
                 `app::blog::Post`, `blog::Post`, `app::forum::Post`",
            ),
            (
                "app::Post",
                "[ambiguous-name] several mapped classes are called `app::Post`; help: write more of the path: \
                 `app::blog::Post`, `app::forum::Post`",
            ),
            (
                "Double",
                "[ambiguous-name] several mapped classes are called `Double`; help: they stand in one module, `app`: give one \
                 of them another name",
            ),
            (
                "wiki::Post",
                "[unknown-name] no mapped class is called `wiki::Post`; help: there is `app::blog::Post`, `blog::Post`, \
                 `app::forum::Post`",
            ),
            (
                "forum::Treads",
                "[unknown-name] no mapped class is called `forum::Treads`; help: did you mean `forum::Thread`?",
            ),
            (
                "forum::Moderator",
                "[unknown-name] no mapped class is called `forum::Moderator`; help: `forum` has `Post`, `Thread`",
            ),
            (
                "Many<Pst>",
                "[unknown-name] no mapped class is called `Many<Pst>`; help: a name is that of a class alone: write `Pst`",
            ),
            (
                "list[Thread]",
                "[unknown-name] no mapped class is called `list[Thread]`; help: a name is that of a class alone: write `Thread`",
            ),
        ];
        for (name, error) in errors {
            assert_eq!(found(name), error, "{name}");
        }
    }
}
