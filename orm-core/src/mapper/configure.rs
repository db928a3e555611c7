//! Configuration: the passes that turn declarations into a `Mapping`, in their order. Every mistake is kept
//! and reported; a relationship with a mistake takes no part in the later passes.

use super::added::{self, Added};
use super::draft::RelationDraft;
use super::info::{ClassInfo, Model};
use super::referrers::{Referrers, carried};
use super::scope::Scope;
use super::{Mapper, Mapping, NamingConvention, Relation, constraints, inverse, overlaps, sides};
use crate::declare::{Cascade, TableDecl};
use crate::error::{Code, Error, Result};
use crate::sql::{Op, Tree};

/// That the queries can be read which relationships lead to or through, or which stand within their conditions.
///
/// # Errors
/// `configuration`, with all that is wrong with them.
pub(super) fn check_rows(mapping: &Mapping) -> Result<()> {
    let mut errors = Vec::new();
    for relation in mapping.mappers().iter().flat_map(|mapper| mapper.relations()) {
        let sources = std::iter::once(relation.rows()).chain(relation.association());
        let mut queries = relation.condition().queries();
        for term in relation.order_by() {
            term.tree.walk(&mut |tree| {
                if let Tree::Node(Op::Within(query), ..) = tree {
                    queries.push(query);
                }
            });
        }
        let checks = sources.map(|source| source.check()).chain(queries.iter().map(|query| query.check()));
        for error in checks.filter_map(Result::err) {
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
    bare: &[&'static TableDecl],
    added: Added<'_>,
    naming: NamingConvention,
) -> Result<&'static Mapping> {
    let mut entries: Vec<&'static ClassInfo> = classes.to_vec();
    entries.sort_by_key(|entry| (entry.decl.module, entry.decl.class));
    let mut errors = Vec::new();
    let mut models = added::models(&entries, added.columns, &mut errors);
    added::listeners(&entries, &mut models, added.listeners, &mut errors);
    let mut own_tables: Vec<&'static TableDecl> = models.iter().map(|model| &model.decl.table).collect();
    let mut bare: Vec<&'static TableDecl> = bare.to_vec();
    bare.sort_by_key(|table| table.name);
    own_tables.extend(bare);

    let relations = added::relations(&entries, &models, added.relations, &mut errors);
    let scope = Scope { entries: &entries, models: &models, tables: &own_tables, relations };
    constraints::check(&scope, &mut errors);
    let mut relations = scope.relations(&mut errors);
    sides::resolve(&scope, &mut relations, &mut errors);
    inverse::pair(&scope, &mut relations, &mut errors);
    overlaps::check(&scope, &relations, &mut errors);
    if !errors.is_empty() {
        return Err(mistakes(errors));
    }
    let drafts = relations.into_iter().flatten().collect();
    Ok(install(&entries, models, (own_tables, naming), drafts))
}

/// Makes mappers of the classes, and relates them. All of it is kept for the life of the program, so that objects can
/// refer to it.
fn install(
    entries: &[&'static ClassInfo],
    models: Vec<Model>,
    (tables, naming): (Vec<&'static TableDecl>, NamingConvention),
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
        mapper.carried(carried(mapper, &mappers));
    }
    let mapping: &'static Mapping = Box::leak(Box::new(Mapping { mappers, tables, naming }));
    mapping.mappers.iter().for_each(|mapper| mapper.part_of(mapping));
    mapping
}
