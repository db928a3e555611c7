//! Classes that wait for each other in a circle, of which only the sides without the keys are mapped.

use expect_test::expect;
use orm::prelude::*;
use tests::{Db, show};

orm::registry!(
    /// Three classes, each of which has those of the next.
    pub Circles
);

#[derive(Mapped, Debug)]
#[mapped(registry = Circles, table = "circle_rock")]
struct Rock {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Paper::id)]
    paper_id: Option<i64>,
    scissors: Many<Scissor>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Circles, table = "circle_scissor")]
struct Scissor {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Rock::id)]
    rock_id: Option<i64>,
    papers: Many<Paper>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Circles, table = "circle_paper")]
struct Paper {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Scissor::id)]
    scissor_id: Option<i64>,
    rocks: Many<Rock>,
}

/// The error names a relationship that could wait, and with that it is written.
#[test]
fn a_circle_of_three_classes_is_an_error_that_names_one_of_them() {
    let db = Db::empty();
    Circles::create_all(&db.engine).unwrap();
    let session = db.session();
    let rock = session.add(Rock::builder()).unwrap();
    let scissor = rock.scissors().append(Scissor::builder()).unwrap();
    let paper = scissor.papers().append(Paper::builder()).unwrap();
    paper.rocks().append(&rock).unwrap();
    expect!["[circular-dependency] `Rock`: Rock(new) can't be written before rows that need it first; help: give `Rock.scissors` `post_update`, or write one of the references in a later flush"].assert_eq(&show(session.flush()));
}
