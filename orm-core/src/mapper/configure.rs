//! Configuration: the passes that turn declarations into a `Mapping`, in their order. Every mistake is kept
//! and reported; a relationship with a mistake takes no part in the later passes.

use super::added::{self, Added};
use super::draft::RelationDraft;
use super::info::{ClassInfo, Model};
use super::referrers::Referrers;
use super::scope::Scope;
use super::{Mapper, Mapping, Relation, inverse, overlaps, resolve, sides};
use crate::declare::{Cascade, TableDecl};
use crate::error::{Code, Error, Result};

/// That the queries can be read which relationships lead to or through.
///
/// # Errors
/// `configuration`, with all that is wrong with them.
pub(super) fn check_rows(mapping: &Mapping) -> Result<()> {
    let mut errors = Vec::new();
    for relation in mapping.mappers().iter().flat_map(|mapper| mapper.relations()) {
        let sources = std::iter::once(relation.rows()).chain(relation.association());
        for error in sources.filter_map(|source| source.check().err()) {
            errors.push(error.about(relation.class(), Some(relation.name())));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(mistakes(errors)) }
}

/// All mistakes of a registry as one error.
fn mistakes(errors: Vec<Error>) -> Error {
    let message = match errors.len() {
        1 => "the mapping has a mistake".to_owned(),
        n => format!("the mapping has {n} mistakes"),
    };
    Error::several(Code::Configuration, message, errors)
}

/// Configures the classes and tables of a registry, with what is added to its classes. The mapping lives as long as
/// the program.
pub(super) fn configure(
    classes: &[&'static ClassInfo],
    tables: &[&'static TableDecl],
    added: Added<'_>,
) -> Result<&'static Mapping> {
    let mut entries: Vec<&'static ClassInfo> = classes.to_vec();
    entries.sort_by_key(|entry| (entry.decl.module, entry.decl.class));
    let mut errors = Vec::new();
    let models = added::models(&entries, added.columns, &mut errors);
    let mut own_tables: Vec<&'static TableDecl> = models.iter().map(|model| &model.decl.table).collect();
    let mut bare: Vec<&'static TableDecl> = tables.to_vec();
    bare.sort_by_key(|table| table.name);
    own_tables.extend(bare);

    let relations = added::relations(&entries, &models, added.relations, &mut errors);
    let scope = Scope { entries: &entries, models: &models, tables: &own_tables, relations };
    check_tables(&scope, &mut errors);
    let mut relations = scope.relations(&mut errors);
    sides::resolve(&scope, &mut relations, &mut errors);
    inverse::pair(&scope, &mut relations, &mut errors);
    overlaps::check(&scope, &relations, &mut errors);
    if !errors.is_empty() {
        return Err(mistakes(errors));
    }
    Ok(install(&entries, models, own_tables, relations.into_iter().flatten().collect()))
}

/// Two classes on one table, tables without a key, foreign keys to what isn't there.
fn check_tables(scope: &Scope<'_>, errors: &mut Vec<Error>) {
    for (at, table) in scope.tables.iter().enumerate() {
        let owner = scope.entries.get(at).map_or(table.name, |entry| entry.decl.class);
        if scope.tables[..at].iter().any(|other| other.name == table.name) {
            errors.push(
                Error::new(Code::BadTable, format!("the table `{}` is declared twice", table.name))
                    .about(owner, None)
                    .help("give one of them another name by `#[mapped(table = \"...\")]`"),
            );
        }
        if at < scope.entries.len() && !table.columns.iter().any(|column| column.primary_key) {
            errors.push(Error::new(Code::BadTable, "the class has no primary key").about(owner, None).help(
                match scope.entries.get(at).is_some_and(|entry| entry.slots.is_empty()) {
                    true => "mark a field with `#[column(primary_key)]`",
                    false => "call `primary_key` of one of its columns",
                },
            ));
        }
        for key in table.foreign_keys {
            match resolve::table(scope.tables, key.table) {
                Err(_) if key.from_database => {}
                Err(error) => errors.push(error.about(owner, key.columns.first().copied())),
                Ok(target) => check_references(owner, table, target, key.columns, key.references, errors),
            }
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
}

/// Makes mappers of the classes, and relates them. All of it is kept for the life of the program, so that objects can
/// refer to it.
fn install(
    entries: &[&'static ClassInfo],
    models: Vec<Model>,
    tables: Vec<&'static TableDecl>,
    drafts: Vec<RelationDraft>,
) -> &'static Mapping {
    let mappers: Vec<&'static Mapper> = entries
        .iter()
        .zip(models)
        .map(|(entry, model)| -> &'static Mapper { Box::leak(Box::new(Mapper::new(entry, model))) })
        .collect();
    let mut relations: Vec<Vec<Relation>> = mappers.iter().map(|_| Vec::new()).collect();
    for draft in drafts {
        let (class, target) = (draft.class, draft.target);
        relations[class].push(Relation::of(draft, mappers[class], mappers[target]));
    }
    for (mapper, relations) in mappers.iter().zip(relations) {
        mapper.relate(relations);
    }
    for mapper in &mappers {
        let all = mappers.iter().flat_map(|other| other.relations());
        let owners = all.filter(|relation| {
            relation.target().id() == mapper.id() && relation.cascade().has(Cascade::DELETE_ORPHAN)
        });
        mapper.owned_by(owners.collect());
        mapper.referred_by(Referrers::of(mapper, &mappers));
    }
    Box::leak(Box::new(Mapping { mappers, tables }))
}

#[cfg(test)]
mod tests {
    use super::check_references;
    use crate::declare::{ColumnDecl, TableDecl};

    const COLUMNS: &[ColumnDecl] =
        &[ColumnDecl::of::<i64>("org", "org"), ColumnDecl::of::<Option<String>>("num", "num")];
    const TABLE: TableDecl = TableDecl {
        name: "account",
        columns: COLUMNS,
        foreign_keys: &[],
        uniques: &[],
        indexes: &[],
        checks: &[],
    };

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
}
