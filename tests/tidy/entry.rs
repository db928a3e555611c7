//! Entry files: the names that `orm` exports, and `lib.rs` and `mod.rs` as tables of contents.

use std::collections::BTreeSet;

use super::imports::{ModPath, tokens, use_tree};
use super::{LIBRARY, files, lines_without_tests, name, none, read, root};

/// What `orm` exports: the module, and the names in it.
const EXPORTS: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "AddAll",
            "Alias",
            "AnyAttrs",
            "AnyClass",
            "AnyEntity",
            "AnyItem",
            "AnyLoad",
            "AnyObj",
            "AnyRelationship",
            "AnyRow",
            "Assign",
            "AttributeHistory",
            "Begin",
            "Cascade",
            "Code",
            "Collection",
            "CollectionItems",
            "CollectionType",
            "Column",
            "ColumnHistory",
            "ColumnType",
            "Composite",
            "CompositeType",
            "Condition",
            "Constraint",
            "Cte",
            "DefaultRegistry",
            "Deletable",
            "Delete",
            "DriverError",
            "Dynamic",
            "DynamicCollection",
            "Entity",
            "EntityLabel",
            "Error",
            "Execution",
            "ExecutionKind",
            "Expr",
            "Fault",
            "FromRow",
            "Insert",
            "IntoKey",
            "IntoObj",
            "IntoRelated",
            "JoinMode",
            "Key",
            "KeyRef",
            "Kind",
            "Label",
            "Lazy",
            "Listeners",
            "Listening",
            "Live",
            "Many",
            "ManyAs",
            "ManyMap",
            "ManyObjects",
            "ManySet",
            "MapCollection",
            "MapKey",
            "Mapped",
            "Mapper",
            "Mapping",
            "NPlusOne",
            "NamedRow",
            "Obj",
            "ObjectState",
            "One",
            "OptionOf",
            "OrderBy",
            "Proxy",
            "ProxyCollection",
            "ProxyMap",
            "QueryAlias",
            "Relate",
            "Related",
            "RelationField",
            "Relationship",
            "Result",
            "Returning",
            "Row",
            "Rows",
            "Savepoint",
            "Select",
            "Selected",
            "Session",
            "SessionConfig",
            "SessionConnection",
            "SessionEvents",
            "SetAttribute",
            "SqlType",
            "StateChange",
            "Subquery",
            "Sync",
            "Table",
            "ToLarge",
            "ToMany",
            "ToOne",
            "Tuple",
            "Typed",
            "Unsaved",
            "Update",
            "Upsert",
            "Value",
            "ValueError",
            "ValueRef",
            "Window",
            "WriteOnly",
            "WriteOnlyCollection",
            "__private",
            "aliased",
            "aliased_as",
            "all",
            "all_of",
            "any_of",
            "batch",
            "case",
            "collect",
            "composite",
            "condition",
            "contains_eager",
            "default_load",
            "defer",
            "defer_all",
            "delete",
            "engine",
            "excluded",
            "exists",
            "func",
            "guide",
            "immediate",
            "insert",
            "joined",
            "late",
            "lazy",
            "literal",
            "load_only",
            "mapper",
            "noload",
            "order",
            "prelude",
            "proxy",
            "query",
            "raise",
            "raise_on_sql",
            "registry",
            "select",
            "select_text",
            "selectin",
            "sql",
            "sqlite",
            "subquery",
            "text",
            "tuple_",
            "undefer",
            "undefer_all",
            "undefer_group",
            "update",
            "values",
            "window",
            "with_parent",
        ],
    ),
    ("composite", &["Composed", "CompositeGiven", "CompositeOperand", "CompositeValue", "Parts"]),
    (
        "engine",
        &[
            "Access",
            "Bind",
            "Compiled",
            "Connection",
            "Done",
            "Driver",
            "Engine",
            "EngineConnection",
            "EventKind",
            "Fetch",
            "Flow",
            "LoggedStatement",
            "Observer",
            "Row",
            "RowSource",
            "SqlLog",
            "Statement",
            "StatementEvent",
            "StatementId",
        ],
    ),
    (
        "mapper",
        &[
            "ConditionColumn",
            "Deferrable",
            "Direction",
            "InnerJoin",
            "LateAttribute",
            "LateColumn",
            "LateRelationship",
            "LinkPair",
            "MappedColumn",
            "Mapper",
            "MapperId",
            "Mapping",
            "NewColumn",
            "NewRelationship",
            "NamingConvention",
            "NewTable",
            "Pair",
            "PassiveDeletes",
            "ReferentialAction",
            "Relation",
            "RelationCondition",
            "RelationId",
        ],
    ),
    (
        "proxy",
        &[
            "Access",
            "Ask",
            "Attribute",
            "BothOne",
            "ColumnEnd",
            "ContainedIn",
            "EitherMany",
            "Made",
            "ObjectEnd",
            "Proxied",
            "ProxyEnd",
            "ProxyField",
            "ProxyGiven",
            "ProxyItems",
            "ProxyKey",
            "SetKey",
            "SetProxy",
            "ViewOnly",
            "Writes",
        ],
    ),
    (
        "query",
        &[
            "AllRelationships",
            "AnyRoot",
            "Args",
            "Branches",
            "CaseStart",
            "Change",
            "ClassOrAlias",
            "ColumnList",
            "ColumnsOf",
            "DeferredOf",
            "DynamicQuery",
            "Fits",
            "FromSources",
            "Func",
            "InList",
            "InsertColumns",
            "IntoSelect",
            "IsLoaded",
            "IsToMany",
            "IsToOne",
            "JoinTarget",
            "Load",
            "Member",
            "NamedItem",
            "NewRow",
            "Number",
            "On",
            "OnConflict",
            "Operand",
            "Optional",
            "OptionalRow",
            "OptionsFor",
            "OrderTerms",
            "Path",
            "Paths",
            "RowCount",
            "RowOf",
            "RowsOf",
            "SameClass",
            "Selectable",
            "SetColumns",
            "SetTo",
            "SqlExpr",
            "TargetOf",
            "Term",
            "TextType",
            "ToQuery",
            "TupleItems",
            "TupleList",
            "TupleOperand",
            "UpdateColumns",
            "ValueRow",
            "Written",
            "WrittenColumns",
            "WrittenQuery",
            "WrittenRow",
            "WrittenSelect",
        ],
    ),
    (
        "sql",
        &[
            "Alias",
            "AnsiDialect",
            "ColumnRef",
            "Dialect",
            "FromItem",
            "Name",
            "OrderTerm",
            "Param",
            "Rendered",
            "SelectStmt",
            "TableRef",
            "Tree",
            "ddl",
            "func",
            "render",
            "schema",
        ],
    ),
    (
        "sqlite",
        &["BeginMode", "Engine", "JournalMode", "Options", "SqlFunction", "SqliteDialect", "Synchronous"],
    ),
];

/// Names that models of users may well have. A type of the prelude that is called so would have to be told apart from the
/// model wherever both are imported by `*`. `tests/ui_pass/models_beside_the_prelude.rs` has a model of each.
const NAMES_OF_MODELS: &[&str] = &[
    "Account",
    "Address",
    "Alias",
    "All",
    "Batch",
    "Case",
    "Cell",
    "Code",
    "Column",
    "Comment",
    "Condition",
    "Connection",
    "Cursor",
    "Document",
    "Entity",
    "Error",
    "Event",
    "Expr",
    "Field",
    "File",
    "Filter",
    "Function",
    "Group",
    "History",
    "Index",
    "Insert",
    "Item",
    "Job",
    "Join",
    "Key",
    "Kind",
    "Label",
    "Language",
    "Link",
    "Load",
    "Member",
    "Message",
    "Model",
    "Note",
    "Number",
    "Operation",
    "Order",
    "Page",
    "Part",
    "Path",
    "Payment",
    "Post",
    "Product",
    "Query",
    "Record",
    "Reference",
    "Relation",
    "Relationship",
    "Report",
    "Result",
    "Role",
    "Row",
    "Rows",
    "Scope",
    "Select",
    "Set",
    "State",
    "Statement",
    "Status",
    "Step",
    "Strategy",
    "Tag",
    "Target",
    "Task",
    "Team",
    "Term",
    "Text",
    "Ticket",
    "Track",
    "Transaction",
    "Tree",
    "Type",
    "Unit",
    "Update",
    "User",
    "Value",
    "Values",
    "Version",
    "Window",
    "Work",
];

/// Entry files that hold code besides, how many lines of it, and why.
const WITH_CODE: &[(&str, usize, &str)] = &[
    ("orm-core/src/declare/check/mod.rs", 330, "the check of a relationship from its start"),
    ("orm-core/src/declare/mod.rs", 50, "`ModelDecl`, which the other declarations make up"),
    ("orm-core/src/error/mod.rs", 120, "`Error`, the room's one type"),
    ("orm-core/src/flush/dependency/mod.rs", 35, "sends each relationship to the file of its direction"),
    ("orm-core/src/flush/mod.rs", 65, "the unit of work as a whole"),
    ("orm-core/src/session/mod.rs", 125, "`Session`, whose verbs are the other files"),
    ("orm-core/src/sql/ddl/mod.rs", 10, "the type that both statements of a schema take"),
    ("orm-core/src/sql/render/mod.rs", 93, "the `Renderer`, which the other files extend"),
    ("orm-core/src/sql/schema/mod.rs", 40, "`Schema`, the list of tables"),
    ("orm-core/src/sql/tree/mod.rs", 85, "`Tree` and the term of an order that is made of it"),
    ("orm-core/src/value/mod.rs", 130, "`Value` and `ValueRef`, the room's types"),
    ("orm-derive/src/check/mod.rs", 24, "the list of the checks in their order"),
    ("orm-derive/src/expand/mod.rs", 75, "puts the parts of an expansion together"),
    ("orm-derive/src/lib.rs", 45, "the derive macros, which must stand in the root"),
    ("orm-derive/src/model/mod.rs", 242, "`Model`, and how a struct becomes one"),
];

/// What a file of `orm` exports: the module and the name.
fn exported(file: &str, problems: &mut Vec<String>) -> BTreeSet<(String, String)> {
    let tokens = tokens(&read(&root().join(file)));
    let mut found = BTreeSet::new();
    let mut module = String::new();
    let mut at = 0;
    while at < tokens.len() {
        let next = |step: usize| tokens.get(at + step).map_or("", String::as_str);
        match (next(0), next(1)) {
            ("mod", _) if next(2) == "{" => {
                found.insert((String::new(), next(1).to_owned()));
                next(1).clone_into(&mut module);
                at += 3;
            }
            ("mod", _) => {
                found.insert((module.clone(), next(1).to_owned()));
                at += 3;
            }
            ("}", _) => {
                module.clear();
                at += 1;
            }
            ("pub", "use") => {
                let mut tree: Vec<(String, ModPath)> = Vec::new();
                at = use_tree(&tokens, at + 2, &[], &mut tree);
                for (name, path) in tree {
                    if name == "*" {
                        problems.push(format!("{file}: `{}::*` isn't named", path.join("::")));
                    }
                    found.insert((module.clone(), name));
                }
            }
            ("#", _) => {
                // An attribute, or the documentation of the crate.
                while at < tokens.len() && tokens[at] != "]" {
                    at += 1;
                }
                at += 1;
            }
            ("pub" | ";", _) => at += 1,
            (other, _) => {
                problems.push(format!("{file}: `{other}` is no export"));
                at += 1;
            }
        }
    }
    found
}

#[test]
fn orm_exports_what_is_listed() {
    let mut problems = Vec::new();
    let found = exported("src/lib.rs", &mut problems);
    let listed: BTreeSet<(String, String)> = EXPORTS
        .iter()
        .flat_map(|(module, names)| names.iter().map(|name| ((*module).to_owned(), (*name).to_owned())))
        .collect();
    let path = |(module, name): &(String, String)| format!("{module}::{name}");
    problems.extend(found.difference(&listed).map(|export| format!("{} isn't listed", path(export))));
    problems.extend(
        listed.difference(&found).map(|export| format!("{} is listed, but not exported", path(export))),
    );
    // The prelude has nothing that the root hasn't too, but for names that nobody writes.
    for (_, name) in exported("src/prelude.rs", &mut problems) {
        if NAMES_OF_MODELS.contains(&name.as_str()) {
            problems.push(format!("prelude::{name} may be the name of a model"));
        }
        if name != "_" && !listed.contains(&(String::new(), name.clone())) {
            problems.push(format!("prelude::{name} isn't in the root"));
        }
    }
    none(&problems, "`orm` exports named items only, each listed in tests/tidy/entry.rs");
}

#[test]
fn models_are_imported_beside_the_prelude() {
    let beside = read(&root().join("tests/ui_pass/models_beside_the_prelude.rs"));
    let problems: Vec<&str> = NAMES_OF_MODELS
        .iter()
        .copied()
        .filter(|name| !tokens(&beside).iter().any(|token| token == name))
        .collect();
    none(
        &problems.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(),
        "each has a model beside the prelude",
    );
}

/// How many lines of an entry file are neither documentation nor a table of contents.
fn lines_of_code(text: &str) -> usize {
    let text: Vec<&str> = text.lines().take(lines_without_tests(text)).collect();
    let mut lines = 0;
    let mut contents = false;
    for line in text.into_iter().map(str::trim) {
        let words = line.trim_start_matches("pub").trim_start();
        let words =
            if words.starts_with('(') { words.split_once(") ").map_or("", |(_, rest)| rest) } else { words };
        contents |= words.starts_with("use ") || (words.starts_with("mod ") && words.ends_with(';'));
        if !contents && !line.is_empty() && !line.starts_with("//") && !line.starts_with("#") {
            lines += 1;
        }
        contents &= !line.ends_with(';');
    }
    lines
}

#[test]
fn entry_files_are_tables_of_contents() {
    let mut problems = Vec::new();
    let mut listed: BTreeSet<&str> = WITH_CODE.iter().map(|(file, ..)| *file).collect();
    for folder in LIBRARY {
        for path in files(folder, ".rs") {
            let file = name(&path);
            // `orm` names its modules in its root: what it exports is looked at by the other rule.
            let entry = file.ends_with("/mod.rs") || file.ends_with("/lib.rs");
            if !entry || file.contains("/tests/") || file == "src/lib.rs" {
                continue;
            }
            let lines = lines_of_code(&read(&path));
            let limit =
                WITH_CODE.iter().find(|(listed, ..)| *listed == file).map_or(0, |(_, limit, _)| *limit);
            if lines > limit {
                problems.push(format!("{file}: {lines} lines of code, at most {limit}"));
            }
            if lines > 0 {
                listed.remove(file.as_str());
            }
        }
    }
    problems.extend(listed.into_iter().map(|file| format!("{file} is listed, but holds no code")));
    none(&problems, "`lib.rs` and `mod.rs` declare modules, use and export; those that hold code are listed");
}
