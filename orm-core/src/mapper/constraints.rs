//! Tables: what is wrong with their names, keys and foreign keys.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::resolve;
use super::scope::Scope;
use crate::declare::{ForeignKeyDecl, IndexDecl, ReferentialAction, TableDecl};
use crate::error::{Code, Error};
use crate::sql::{Op, TableRef, Tree};

/// Two classes on one table, tables without a key, names that only their cases tell apart, foreign keys to what isn't there
/// or isn't unique, and those of which the database can't do what they say.
pub(super) fn check(scope: &Scope<'_>, errors: &mut Vec<Error>) {
    let mut names: HashMap<String, &str, FxBuildHasher> = HashMap::default();
    for (at, table) in scope.tables.iter().enumerate() {
        let owner = scope.entries.get(at).map_or(table.name, |entry| entry.decl.class);
        if let Some(other) = names.insert(table.name.to_lowercase(), table.name) {
            let message = if other == table.name {
                format!("the table `{other}` is declared twice")
            } else {
                format!("the tables `{other}` and `{}` differ in the case of letters only", table.name)
            };
            errors.push(
                Error::new(Code::BadTable, message)
                    .about(owner, None)
                    .help("give one of them another name by `#[mapped(table = \"...\")]`"),
            );
        }
        check_columns(owner, table, errors);
        if at < scope.entries.len() && !table.columns.iter().any(|column| column.primary_key) {
            errors.push(Error::new(Code::BadTable, "the class has no primary key").about(owner, None).help(
                match scope.entries.get(at).is_some_and(|entry| entry.slots.is_empty()) {
                    true => "mark a field with `#[column(primary_key)]`",
                    false => "call `primary_key` of one of its columns",
                },
            ));
        }
        check_indexes(owner, table, errors);
        for key in table.foreign_keys {
            match resolve::table(scope.tables, key.table) {
                Err(_) if key.from_database => {}
                Err(error) => errors.push(error.about(owner, key.columns.first().copied())),
                Ok(target) => check_references(owner, table, target, key.columns, key.references, errors),
            }
            // What a database has is as it is.
            if !key.from_database {
                check_actions(owner, table, key, errors);
            }
        }
    }
}

/// Indexes over more than columns: that is about columns of the table itself.
fn check_indexes(owner: &str, table: &TableDecl, errors: &mut Vec<Error>) {
    for index in table.indexes {
        let trees = || {
            let terms = index.terms.map(|terms| terms.terms()).transpose()?.unwrap_or_default();
            let filter = index.filter.map(|filter| filter.tree()).transpose()?;
            Ok::<Vec<Tree>, Error>(terms.into_iter().map(|term| term.tree).chain(filter).collect())
        };
        let trees = match trees() {
            Ok(trees) => trees,
            Err(error) => {
                errors.push(Error::new(Code::BadTable, error.message().to_owned()).about(owner, None));
                continue;
            }
        };
        let mut mistake: Option<String> = None;
        for tree in &trees {
            tree.walk(&mut |tree| match tree {
                Tree::Column(column) if column.table != TableRef::new(table.name) => {
                    mistake =
                        Some(format!("an index names `{}`, which isn't a column of its table", column.name));
                }
                Tree::Node(Op::Within(_), ..) | Tree::Exists(_) | Tree::Subquery(_) => {
                    mistake = Some("an index has a query in it".to_owned());
                }
                _ => {}
            });
        }
        if let Some(mistake) = mistake {
            let error = Error::new(Code::BadTable, mistake).about(owner, None);
            errors.push(error.help("an index is over columns of its own table, and expressions of them"));
        }
    }
}

fn check_references(
    owner: &str,
    table: &TableDecl,
    target: &TableDecl,
    columns: &[&str],
    references: &[&'static str],
    errors: &mut Vec<Error>,
) {
    if columns.len() != references.len() {
        errors.push(
            Error::new(
                Code::BadTable,
                format!(
                    "a foreign key of {} columns references {} columns of `{}`",
                    columns.len(),
                    references.len(),
                    target.name
                ),
            )
            .about(owner, columns.first().copied())
            .help("name one referenced column for each, in the same order"),
        );
        return;
    }
    for (name, reference) in columns.iter().zip(references) {
        let Some(referenced) = target.column(reference) else {
            let error = Error::new(
                Code::UnknownName,
                format!("the foreign key references `{}.{reference}`, which isn't there", target.name),
            )
            .about(owner, Some(name));
            errors.push(match resolve::nearest(reference, target.columns.iter().map(|column| column.name)) {
                Some(near) => error.help(format!("did you mean `{}.{near}`?", target.name)),
                None => error,
            });
            continue;
        };
        if referenced.expression.is_some() {
            let message = format!("the foreign key references `{}.{reference}`, an expression", target.name);
            errors.push(
                Error::new(Code::BadTable, message)
                    .about(owner, Some(name))
                    .help("reference a column of the table"),
            );
            continue;
        }
        if let Some(column) = table.column(name)
            && column.type_name != referenced.type_name
        {
            errors.push(
                Error::new(
                    Code::JoinCondition,
                    format!(
                        "the foreign key is a `{}`, but `{}.{reference}` is a `{}`",
                        column.type_name, target.name, referenced.type_name
                    ),
                )
                .about(owner, Some(name))
                .help("give both the same type"),
            );
        }
    }
    let is_column =
        |name: &&str| target.column(name).is_some_and(|referenced| referenced.expression.is_none());
    if references.iter().all(is_column) && !is_unique(target, references) {
        let names: Vec<String> = references.iter().map(|name| format!("`{}.{name}`", target.name)).collect();
        let key: Vec<&str> = primary_key(target).collect();
        let message = format!("the foreign key references {}, which isn't unique", names.join(" and "));
        let error = Error::new(Code::BadTable, message).about(owner, columns.first().copied());
        errors.push(if key.len() > 1 && references.iter().all(|name| key.contains(name)) {
            error.help(format!(
                "reference the whole primary key of `{}`, {}, by `#[mapped(foreign_key(columns(...), references(...)))]`",
                target.name,
                key.join(", ")
            ))
        } else if references.len() == 1 {
            error.help("mark the column that it references as `#[column(unique)]`, or reference the primary key")
        } else {
            error.help("declare them as `#[mapped(unique(columns(...)))]`, or reference the primary key")
        });
    }
}

fn primary_key(table: &TableDecl) -> impl Iterator<Item = &'static str> {
    table.columns.iter().filter(|column| column.primary_key).map(|column| column.name)
}

/// Whether no two rows of a table have the same values in these columns, if others may be among them.
pub(super) fn holds_unique(table: &TableDecl, columns: &[&str]) -> bool {
    let holds = |key: &[&str]| !key.is_empty() && key.iter().all(|name| columns.contains(name));
    holds(&primary_key(table).collect::<Vec<_>>())
        || table.uniques.iter().any(|unique| holds(unique.columns))
        || table.indexes.iter().filter_map(IndexDecl::unique_columns).any(holds)
}

/// Whether no two rows of a table have the same values in just these columns.
fn is_unique(table: &TableDecl, columns: &[&str]) -> bool {
    let is_it = |key: &[&str]| key.len() == columns.len() && key.iter().all(|name| columns.contains(name));
    is_it(&primary_key(table).collect::<Vec<_>>())
        || table.uniques.iter().any(|unique| is_it(unique.columns))
        || table.indexes.iter().filter_map(IndexDecl::unique_columns).any(is_it)
}

/// Columns whose names only their cases tell apart.
fn check_columns(owner: &str, table: &TableDecl, errors: &mut Vec<Error>) {
    let mut names: HashMap<String, &str, FxBuildHasher> = HashMap::default();
    for column in table.columns {
        if let Some(other) = names.insert(column.name.to_lowercase(), column.name) {
            errors.push(
                Error::new(
                    Code::BadTable,
                    format!(
                        "the columns `{other}` and `{}` of `{}` differ in the case of letters only",
                        column.name, table.name
                    ),
                )
                .about(owner, Some(column.attribute))
                .help("give one of them another name by `#[column(name = \"...\")]`"),
            );
        }
    }
}

/// What the database is to do about a foreign key, its columns have to allow.
fn check_actions(owner: &str, table: &TableDecl, key: &ForeignKeyDecl, errors: &mut Vec<Error>) {
    let columns = || key.columns.iter().filter_map(|name| table.column(name));
    for (option, action) in [("on_delete", key.on_delete), ("on_update", key.on_update)] {
        let problem = match action {
            Some(ReferentialAction::SetNull) => columns().find(|column| !column.nullable).map(|column| {
                let message =
                    format!("`{option} = \"set null\"`, but `{}.{}` is required", table.name, column.name);
                (column, message, "make it an `Option`, or let the foreign key say `\"cascade\"`")
            }),
            Some(ReferentialAction::SetDefault) => {
                columns().find(|column| column.server_default.is_none()).map(|column| {
                    let message = format!(
                        "`{option} = \"set default\"`, but `{}.{}` has no default in the database",
                        table.name, column.name
                    );
                    (column, message, "add `server_default = \"...\"` to the column")
                })
            }
            Some(ReferentialAction::Cascade | ReferentialAction::Restrict | ReferentialAction::NoAction)
            | None => None,
        };
        if let Some((column, message, help)) = problem {
            errors.push(Error::new(Code::BadTable, message).about(owner, Some(column.attribute)).help(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check_references;
    use crate::declare::{ColumnDecl, TableDecl};

    const COLUMNS: &[ColumnDecl] = &[
        ColumnDecl::of::<i64>("org", "org").primary_key(false),
        ColumnDecl::of::<String>("num", "num").primary_key(false),
    ];
    const TABLE: TableDecl = TableDecl { columns: COLUMNS, ..TableDecl::named("account") };

    fn problems(columns: &[&str], references: &[&'static str]) -> Vec<String> {
        let mut errors = Vec::new();
        check_references("Note", &TABLE, &TABLE, columns, references, &mut errors);
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn foreign_keys_match_what_they_reference() {
        assert_eq!(problems(&["org", "num"], &["org", "num"]), [""; 0]);
        let swapped = problems(&["org", "num"], &["num", "org"]);
        assert_eq!(swapped.len(), 2, "{swapped:?}");
        assert!(swapped[0].contains("is a `i64`, but `account.num` is a `String`"), "{swapped:?}");
        let short = problems(&["org", "num"], &["org"]);
        assert_eq!(short.len(), 1, "{short:?}");
        assert!(short[0].contains("of 2 columns references 1 columns of `account`"), "{short:?}");
    }

    #[test]
    fn foreign_keys_reference_what_is_unique() {
        let half = problems(&["org"], &["org"]);
        assert_eq!(half.len(), 1, "{half:?}");
        assert!(half[0].contains("`account.org`, which isn't unique"), "{half:?}");
        assert!(half[0].contains("the whole primary key of `account`, org, num"), "{half:?}");
    }
}
