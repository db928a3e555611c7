//! Names to classes and tables: full or partial module paths, ambiguity, near misses.

use crate::declare::{ModelDecl, TableDecl};
use crate::error::{Code, Error, Result};

/// The place of the class that a name means: its name, or the end of its path of modules and name, or a part
/// of that path with the name, as long as one class fits.
pub(super) fn class(decls: &[&'static ModelDecl], name: &str) -> Result<usize> {
    let wanted: Vec<&str> = name.split("::").map(str::trim).filter(|part| *part != "crate").collect();
    let Some((class, modules)) = wanted.split_last() else {
        return Err(Error::new(Code::UnknownName, "an empty name"));
    };
    let fits: Vec<usize> = decls
        .iter()
        .enumerate()
        .filter(|(_, decl)| decl.class == *class && has_run(decl.module, modules))
        .map(|(at, _)| at)
        .collect();
    // A path that ends right before the class is meant before one that only stands somewhere in it.
    let tail: Vec<usize> = fits.iter().copied().filter(|at| ends_with(decls[*at].module, modules)).collect();
    match (fits.as_slice(), tail.as_slice()) {
        ([one], _) | (_, [one]) => Ok(*one),
        ([], _) => {
            let error = Error::new(Code::UnknownName, format!("no mapped class is called `{name}`"));
            let near = nearest(class, decls.iter().map(|decl| decl.class));
            Err(match (decls.iter().find(|decl| decl.class == *class), near) {
                (Some(same), _) => error.help(format!("there is `{}::{}`", same.module, same.class)),
                (None, Some(near)) => error.help(format!("did you mean `{near}`?")),
                (None, None) => error.help("derive `Mapped` for it, in the same registry"),
            })
        }
        (several, _) => {
            let paths: Vec<String> =
                several.iter().map(|at| format!("`{}::{}`", decls[*at].module, decls[*at].class)).collect();
            Err(Error::new(Code::AmbiguousName, format!("several mapped classes are called `{name}`"))
                .help(format!("write more of the path: {}", paths.join(", "))))
        }
    }
}

/// The table of that name.
pub(super) fn table(tables: &[&'static TableDecl], name: &str) -> Result<&'static TableDecl> {
    tables.iter().copied().find(|table| table.name == name).ok_or_else(|| {
        let error = Error::new(Code::UnknownName, format!("no table is called `{name}`"));
        match nearest(name, tables.iter().map(|table| table.name)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("declare it with `#[derive(Table)]`"),
        }
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

/// The name that is most like another, if one is near enough to be meant.
pub(super) fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
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
    }
}
