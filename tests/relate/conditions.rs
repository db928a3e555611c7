//! Conditions that aren't just the equality of a foreign key with a primary key.

use expect_test::expect;
use orm::prelude::*;
use tests::Db;

orm::registry!(
    /// These classes.
    pub Press
);

/// Each magazine numbers its writers.
#[derive(Mapped, Default)]
#[mapped(registry = Press)]
pub struct Writer {
    #[column(primary_key)]
    pub magazine_id: i64,
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relationship(back_populates = "writer", foreign_keys = Article::writer_id, order_by = Article::id)]
    pub articles: Many<Article>,
    #[relationship(
        back_populates = "editor",
        primaryjoin = Writer::id
            .eq(Article::editor_id.foreign())
            .and(Writer::magazine_id.eq(Article::magazine_id)),
        order_by = Article::id
    )]
    pub edited: Many<Article>,
}

/// It is of a magazine also without a writer.
#[derive(Mapped, Default)]
#[mapped(
    registry = Press,
    foreign_key(columns(magazine_id, writer_id), references(Writer::magazine_id, Writer::id)),
    foreign_key(columns(magazine_id, editor_id), references(Writer::magazine_id, Writer::id))
)]
pub struct Article {
    #[column(primary_key)]
    pub id: i64,
    pub magazine_id: i64,
    pub writer_id: Option<i64>,
    pub editor_id: Option<i64>,
    #[relationship(back_populates = "articles", foreign_keys = Article::writer_id)]
    pub writer: Option<One<Writer>>,
    #[relationship(
        back_populates = "edited",
        primaryjoin = Writer::id
            .eq(Article::editor_id.foreign())
            .and(Writer::magazine_id.eq(Article::magazine_id))
    )]
    pub editor: Option<One<Writer>>,
    #[relationship(secondary = Cover, back_populates = "article")]
    pub image: Option<One<Image>>,
}

/// An image is on one article, by a table of its own.
#[derive(Mapped, Default)]
#[mapped(registry = Press)]
pub struct Image {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(secondary = Cover, back_populates = "image")]
    pub article: Option<One<Article>>,
}

#[derive(Table)]
#[mapped(registry = Press)]
pub struct Cover {
    #[column(primary_key, foreign_key = Article::id)]
    pub article_id: i64,
    #[column(primary_key, foreign_key = Image::id)]
    pub image_id: i64,
}

/// A class of itself, whose foreign key shares a column with its own key.
#[derive(Mapped, Default)]
#[mapped(registry = Press, foreign_key(columns(magazine_id, chief_id), references(Editor::magazine_id, Editor::id)))]
pub struct Editor {
    #[column(primary_key)]
    pub magazine_id: i64,
    #[column(primary_key)]
    pub id: i64,
    pub chief_id: Option<i64>,
    #[relationship(
        back_populates = "team",
        foreign_keys = Editor::chief_id,
        remote_side = (Editor::magazine_id, Editor::id)
    )]
    pub chief: Option<One<Editor>>,
    #[relationship(back_populates = "chief", foreign_keys = Editor::chief_id, order_by = Editor::id)]
    pub team: Many<Editor>,
}

fn press() -> (Db, Session) {
    let db = Db::empty();
    Press::create_all(&db.engine).unwrap();
    let session = db.session();
    for id in [1, 2] {
        session.add(Writer::builder().magazine_id(7).id(id).name(format!("writer {id}"))).unwrap();
    }
    let article = Article::builder().id(1).magazine_id(7).writer_id(1).editor_id(1);
    session.add(article).unwrap();
    session.commit().unwrap();
    db.sql();
    (db, session)
}

/// The whole key joins; of a key that is partly named, the named columns alone are written.
#[test]
fn a_foreign_key_that_is_named_in_part_is_cleared_in_part() {
    let (db, session) = press();
    let article = session.get_one::<Article>(1).unwrap();
    let (one, two) = (session.get_one::<Writer>((7, 1)).unwrap(), session.get_one::<Writer>((7, 2)).unwrap());
    assert_eq!(
        (article.writer().unwrap(), article.editor().unwrap()),
        (Some(one.clone()), Some(one.clone()))
    );
    assert_eq!((one.articles().len().unwrap(), one.edited().len().unwrap()), (1, 1));
    db.sql();
    article.set_writer(None).unwrap();
    article.set_editor(None).unwrap();
    session.flush().unwrap();
    let rows = db.rows_in(&session, "select magazine_id, writer_id, editor_id from article");
    assert_eq!(rows, "7|NULL|NULL\n");
    expect![[r#"
        UPDATE "article" SET "writer_id" = ?, "editor_id" = ? WHERE "id" = ? [NULL, NULL, 1]
    "#]]
    .assert_eq(&db.sql());
    article.set_writer(&two).unwrap();
    two.edited().append(&article).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select magazine_id, writer_id, editor_id from article"), "7|2|2\n");
    assert_eq!((article.magazine_id().unwrap(), article.writer_id().unwrap()), (7, Some(2)));
    db.sql();
    assert_eq!((two.articles().len().unwrap(), two.edited().len().unwrap()), (1, 1));
    two.articles().clear().unwrap();
    two.edited().clear().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select magazine_id, writer_id, editor_id from article"), "7|NULL|NULL\n");
    expect![[r#"
        SELECT "magazine_id", "id", "name" FROM "writer" WHERE "magazine_id" = ? AND "id" = ? [7, 2]
        SELECT "article"."id", "article"."magazine_id", "article"."writer_id", "article"."editor_id" FROM "article" WHERE ? = "article"."magazine_id" AND ? = "article"."writer_id" ORDER BY "article"."id" [7, 2]
        SELECT "article"."id", "article"."magazine_id", "article"."writer_id", "article"."editor_id" FROM "article" WHERE ? = "article"."editor_id" AND ? = "article"."magazine_id" ORDER BY "article"."id" [2, 7]
        UPDATE "article" SET "writer_id" = ?, "editor_id" = ? WHERE "id" = ? [NULL, NULL, 1]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn a_class_of_itself_keeps_the_column_that_its_keys_share() {
    let (db, session) = press();
    let editor = |id: i64| Editor::builder().magazine_id(7).id(id);
    let chief = session.add(editor(1).team([editor(2), editor(3)])).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select id, chief_id from editor order by id"), "1|NULL\n2|1\n3|1\n");
    let second = session.get_one::<Editor>((7, 2)).unwrap();
    assert_eq!(second.chief().unwrap(), Some(chief.clone()));
    second.set_chief(None).unwrap();
    session.flush().unwrap();
    assert_eq!(chief.team().len().unwrap(), 1);
    let point = session.begin_nested().unwrap();
    chief.team().clear().unwrap();
    session.flush().unwrap();
    let rows = db.rows_in(&session, "select magazine_id, chief_id from editor order by id");
    assert_eq!(rows, "7|NULL\n7|NULL\n7|NULL\n");
    point.rollback().unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select magazine_id, chief_id from editor order by id"), "7|NULL\n7|NULL\n7|1\n");
    assert_eq!(chief.team().len().unwrap(), 1);
}

#[test]
fn conditions_of_a_query_compare_the_whole_key() {
    let (db, session) = press();
    let found = |query: orm::Select<Obj<Article>>| session.scalars(query).unwrap().all().unwrap().len();
    let one = session.get_one::<Writer>((7, 1)).unwrap();
    db.sql();
    assert_eq!(found(select(Article).join(Article::writer).filter(Writer::name.eq("writer 1"))), 1);
    assert_eq!(found(select(Article).filter(Article::editor.has(Writer::name.eq("writer 1")))), 1);
    assert_eq!(found(select(Article).filter(Article::writer.is(&one))), 1);
    assert_eq!(found(select(Article).filter(with_parent(&one, Writer::edited))), 1);
    assert_eq!(found(select(Article).filter(Article::editor.is_none())), 0);
    expect![[r#"
        SELECT "article"."id", "article"."magazine_id", "article"."writer_id", "article"."editor_id" FROM "article" JOIN "writer" ON "writer"."magazine_id" = "article"."magazine_id" AND "writer"."id" = "article"."writer_id" WHERE "writer"."name" = ? ['writer 1']
        SELECT "article"."id", "article"."magazine_id", "article"."writer_id", "article"."editor_id" FROM "article" WHERE EXISTS (SELECT ? FROM "writer" WHERE "writer"."id" = "article"."editor_id" AND "writer"."magazine_id" = "article"."magazine_id" AND "writer"."name" = ?) [1, 'writer 1']
        SELECT "article"."id", "article"."magazine_id", "article"."writer_id", "article"."editor_id" FROM "article" WHERE ? = "article"."magazine_id" AND ? = "article"."writer_id" [7, 1]
        SELECT "article"."id", "article"."magazine_id", "article"."writer_id", "article"."editor_id" FROM "article" WHERE ? = "article"."editor_id" AND ? = "article"."magazine_id" [1, 7]
        SELECT "article"."id", "article"."magazine_id", "article"."writer_id", "article"."editor_id" FROM "article" WHERE "article"."editor_id" IS NULL
    "#]]
    .assert_eq(&db.sql());
}

// ---- to-one by an association table ----

#[test]
fn to_one_by_an_association_table() {
    let (db, session) = press();
    let article = session.get_one::<Article>(1).unwrap();
    db.sql();
    assert_eq!(article.image().unwrap(), None);
    let (a, b) = (session.add(Image::builder().id(1)).unwrap(), session.add(Image::builder().id(2)).unwrap());
    article.set_image(&a).unwrap();
    assert_eq!(a.article().unwrap(), Some(article.clone()));
    session.commit().unwrap();
    assert_eq!(db.rows("select article_id, image_id from cover"), "1|1\n");
    assert_eq!((article.image().unwrap(), a.article().unwrap()), (Some(a.clone()), Some(article.clone())));
    article.set_image(&b).unwrap();
    assert_eq!((a.article().unwrap(), b.article().unwrap()), (None, Some(article.clone())));
    session.flush().unwrap();
    assert_eq!(db.rows_in(&session, "select article_id, image_id from cover"), "1|2\n");
    b.set_article(None).unwrap();
    assert_eq!(article.image().unwrap(), None);
    session.commit().unwrap();
    assert_eq!(db.rows("select article_id, image_id from cover"), "");
    expect![[r#"
        SELECT "image"."id" FROM "image", "cover" WHERE ? = "cover"."article_id" AND "image"."id" = "cover"."image_id" [1]
        INSERT INTO "image" ("id") VALUES (?) [1]
        INSERT INTO "image" ("id") VALUES (?) [2]
        INSERT INTO "cover" ("article_id", "image_id") VALUES (?, ?) [1, 1]
        SELECT "id", "magazine_id", "writer_id", "editor_id" FROM "article" WHERE "id" = ? [1]
        SELECT "image"."id" FROM "image", "cover" WHERE ? = "cover"."article_id" AND "image"."id" = "cover"."image_id" [1]
        SELECT "article"."id", "article"."magazine_id", "article"."writer_id", "article"."editor_id" FROM "article", "cover" WHERE ? = "cover"."image_id" AND "article"."id" = "cover"."article_id" [1]
        SELECT "id" FROM "image" WHERE "id" = ? [2]
        SELECT "article"."id", "article"."magazine_id", "article"."writer_id", "article"."editor_id" FROM "article", "cover" WHERE ? = "cover"."image_id" AND "article"."id" = "cover"."article_id" [2]
        DELETE FROM "cover" WHERE "article_id" = ? AND "image_id" = ? [1, 1]
        INSERT INTO "cover" ("article_id", "image_id") VALUES (?, ?) [1, 2]
        DELETE FROM "cover" WHERE "article_id" = ? AND "image_id" = ? [1, 2]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn to_one_by_an_association_table_from_new_objects_and_away() {
    let (db, session) = press();
    let new = session.add(Article::builder().id(2).magazine_id(7).image(Image::builder().id(5))).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select article_id, image_id from cover"), "2|5\n");
    let image = new.image().unwrap().unwrap();
    let found = session.scalars(select(Article).filter(Article::image.is(&image))).unwrap().one().unwrap();
    assert_eq!(found, new);
    let found = session.scalars(select(Article).join(Article::image)).unwrap().one().unwrap();
    assert_eq!(found, new);
    let without = session.scalars(select(Article).filter(Article::image.is_none())).unwrap().one().unwrap();
    assert_eq!(without.id().unwrap(), 1);
    session.commit().unwrap();
    // Merged, the link goes to where the plain value says.
    let other = db.session();
    let value = Article::builder().id(1).magazine_id(7).image(Image::builder().id(6));
    let merged = other.merge(value).unwrap();
    assert_eq!(merged.image().unwrap().unwrap().id().unwrap(), 6);
    other.commit().unwrap();
    assert_eq!(db.rows("select article_id, image_id from cover order by 1"), "1|6\n2|5\n");
    // A link goes with either end.
    other.delete(&merged).unwrap();
    other.commit().unwrap();
    session.delete(&image).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select article_id, image_id from cover"), "");
    assert_eq!(new.image().unwrap(), None);
}

#[test]
fn a_link_to_one_that_fails_to_flush_is_as_it_was() {
    let (db, session) = press();
    let article = session.get_one::<Article>(1).unwrap();
    article.set_image(Image::builder().id(1)).unwrap();
    session.commit().unwrap();
    let a = article.image().unwrap().unwrap();
    article.set_image(Image::builder().id(2)).unwrap();
    session.add(Image::builder().id(1)).unwrap();
    session.flush().unwrap_err();
    session.rollback().unwrap();
    assert_eq!((article.image().unwrap(), a.article().unwrap()), (Some(a.clone()), Some(article.clone())));
    let point = session.begin_nested().unwrap();
    article.set_image(None).unwrap();
    session.flush().unwrap();
    point.rollback().unwrap();
    assert_eq!(article.image().unwrap(), Some(a.clone()));
    session.commit().unwrap();
    assert_eq!(db.rows("select article_id, image_id from cover"), "1|1\n");
}

orm::registry!(
    /// A class of itself by a condition of its own.
    Branches
);

/// No column is a foreign key of the table: the condition says which one is foreign, and that one is on the other side.
#[derive(Mapped)]
#[mapped(registry = Branches)]
struct Branch {
    #[column(primary_key)]
    id: i64,
    above_id: Option<i64>,
    #[relationship(
        primaryjoin = Branch::id.eq(Branch::above_id.foreign()),
        order_by = Branch::id
    )]
    parts: Many<Branch>,
}

#[test]
fn a_class_of_itself_by_a_condition_that_says_what_is_foreign() {
    let db = Db::empty();
    Branches::create_all(&db.engine).unwrap();
    let session = db.session();
    let branch = |id: i64| Branch::builder().id(id);
    let root = session.add(branch(1).parts([branch(2), branch(3)])).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select id, above_id from branch order by id"), "1|NULL\n2|1\n3|1\n");
    db.sql();
    let ids: Vec<i64> = root.parts().iter().unwrap().map(|branch| branch.id().unwrap()).collect();
    assert_eq!(ids, [2, 3]);
    expect![[r#"
        SELECT "id", "above_id" FROM "branch" WHERE "id" = ? [1]
        SELECT "branch"."id", "branch"."above_id" FROM "branch" WHERE ? = "branch"."above_id" ORDER BY "branch"."id" [1]
    "#]]
    .assert_eq(&db.sql());
}
