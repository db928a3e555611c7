//! Joins that are written as texts, in place of an association table: `"join(B, D, B.d_id == D.id).join(C, ...)"`.

use super::meaning::{Names, read};
use super::mistake::Mistake;
use super::term::{Kind, Term};
use crate::declare::TableDecl;
use crate::error::Result;
use crate::mapper::{RelationSource, links, resolve};
use crate::sql::{SelectStmt, TableRef, Tree};

/// Whether a text of `secondary` is a join, and no name.
pub(in crate::mapper) fn is_join(text: &str) -> bool {
    text.contains('(')
}

/// The rows of the join that a text says.
///
/// # Errors
/// As for a condition; `bad-option` where a table is joined twice.
pub(in crate::mapper) fn secondary(
    names: Names<'_>,
    text: &str,
    ends: [&'static TableDecl; 2],
) -> Result<RelationSource> {
    let (tables, joined) = read("secondary", text, |term| names.joined(term))?;
    links::of_tables(&tables, joined, ends)
}

/// A table that is joined to those before it.
struct Step<'a> {
    at: usize,
    outer: bool,
    right: &'a Term,
    on: Option<&'a Term>,
}

impl Names<'_> {
    /// The tables of a join, and the statement that joins them.
    pub(super) fn joined(self, term: &Term) -> Result<(Vec<&'static TableDecl>, SelectStmt), Mistake> {
        let mut steps = Vec::new();
        let mut left = term;
        // The last join is the outermost call.
        let first = loop {
            let Kind::Call(callee, args) = &left.kind else { break self.source(left)? };
            let (method, of) = match &callee.kind {
                Kind::Member(of, method) => (method, Some(Left::Term(of))),
                Kind::Path(path) => match path.as_slice() {
                    [function] => (function, None),
                    [of @ .., method] => (method, Some(Left::Path(callee.at, of))),
                    [] => return Err(no_join(left.at)),
                },
                _ => return Err(no_join(left.at)),
            };
            let outer = match method.as_str() {
                "join" => false,
                "outerjoin" => true,
                _ => return Err(no_join(left.at)),
            };
            let (of, args) = match (of, args.as_slice()) {
                (Some(of), args) => (of, args),
                (None, [of, args @ ..]) => (Left::Term(of), args),
                (None, []) => return Err(no_join(left.at)),
            };
            let (right, on) = match args {
                [right] => (right, None),
                [right, on] => (right, Some(on)),
                _ => return Err(no_join(left.at)),
            };
            steps.push(Step { at: left.at, outer, right, on });
            match of {
                Left::Term(of) => left = of,
                Left::Path(at, of) => break self.named(at, of)?,
            }
        };
        if steps.is_empty() {
            return Err(no_join(term.at));
        }
        let mut tables = vec![first];
        let mut stmt = SelectStmt::new().from(TableRef::new(first.name));
        while let Some(step) = steps.pop() {
            let table = self.source(step.right)?;
            let mut on = match step.on {
                Some(on) => self.tree(on)?,
                None => by_key(step.at, &tables, table)?,
            };
            let right = links::name_beside(&tables, table);
            tables.push(table);
            links::tell_apart(&mut on, &tables);
            stmt = if step.outer { stmt.left_join(right, on) } else { stmt.join(right, on) };
        }
        Ok((tables, stmt))
    }

    fn source(self, term: &Term) -> Result<&'static TableDecl, Mistake> {
        match &term.kind {
            Kind::Path(path) => self.named(term.at, path),
            _ => Err(Mistake::new(term.at, "something else than a class or a table", "name one here")),
        }
    }

    /// The class, or the table, of that name.
    fn named(self, at: usize, path: &[String]) -> Result<&'static TableDecl, Mistake> {
        if let Ok(table) = resolve::table_of_text(self.tables, &path.join(".")) {
            return Ok(table);
        }
        let error = match resolve::class(self.models, &path.join("::")) {
            Ok(found) => match self.models.get(found) {
                Some(model) => return Ok(&model.table),
                None => return Err(no_join(at)),
            },
            Err(error) => error,
        };
        Err(Mistake {
            at,
            what: error.message().to_owned(),
            help: error.mend().unwrap_or("name a class or a table").to_owned(),
            code: error.code(),
        })
    }
}

/// What stands before a join.
enum Left<'a> {
    Term(&'a Term),
    Path(usize, &'a [String]),
}

#[cold]
fn no_join(at: usize) -> Mistake {
    Mistake::new(at, "something else than a join", "write `join(A, B, A.b_id == B.id).join(C, ...)`")
}

/// The condition of the only foreign key between a table and those before it.
fn by_key(at: usize, before: &[&'static TableDecl], table: &'static TableDecl) -> Result<Tree, Mistake> {
    let mut found = Vec::new();
    for other in before {
        for (from, to) in [(*other, table), (table, *other)] {
            for key in from.foreign_keys.iter().filter(|key| key.table == to.name) {
                let pairs = key.columns.iter().zip(key.references).map(|(column, reference)| {
                    let (from, to) = (TableRef::new(from.name), TableRef::new(to.name));
                    Tree::from(to.column(*reference)).equals(from.column(*column).into())
                });
                found.push(Tree::all(pairs));
            }
        }
    }
    match (found.len(), found.pop()) {
        (1, Some(only)) => Ok(only),
        (count, _) => {
            let how_many = if count == 0 { "no foreign key joins" } else { "several foreign keys join" };
            let what = format!("{how_many} `{}` with what stands before it", table.name);
            Err(Mistake::new(at, what, "give the condition as the last argument"))
        }
    }
}
