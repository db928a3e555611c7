//! `Dynamic`: collections that are read by a query each time; which statements run.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, ObjectState, Related};
use tests::Db;

orm::registry!(
    /// These classes.
    pub Blog
);

/// Its posts lose it, its drafts go with it, its links to topics too.
#[derive(Mapped)]
#[mapped(registry = Blog)]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(back_populates = "author", order_by = Post::id)]
    pub posts: Dynamic<Post>,
    #[relationship(cascade = "all, delete-orphan")]
    pub drafts: Dynamic<Draft>,
    #[relationship(secondary = AuthorTopic, order_by = Topic::id.desc())]
    pub topics: Dynamic<Topic>,
}

#[derive(Mapped)]
#[mapped(registry = Blog)]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(foreign_key = Author::id)]
    pub author_id: Option<i64>,
    #[relationship(back_populates = "posts")]
    pub author: Option<One<Author>>,
}

#[derive(Mapped)]
#[mapped(registry = Blog)]
pub struct Draft {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Author::id)]
    pub author_id: Option<i64>,
}

#[derive(Mapped)]
#[mapped(registry = Blog)]
pub struct Topic {
    #[column(primary_key)]
    pub id: i64,
}

#[derive(Table)]
#[mapped(table = "author_topic", registry = Blog)]
pub struct AuthorTopic {
    #[column(primary_key, foreign_key = Author::id)]
    pub author_id: i64,
    #[column(primary_key, foreign_key = Topic::id)]
    pub topic_id: i64,
}

/// A tree.
#[derive(Mapped)]
#[mapped(registry = Blog)]
pub struct Node {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Node::id)]
    pub parent_id: Option<i64>,
    #[relationship(cascade = "all, delete-orphan")]
    pub children: Dynamic<Node>,
}

/// An author with four posts, two drafts and two topics, and another one with a post.
fn filled() -> Db {
    let db = Db::empty();
    Blog::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO author VALUES (1), (2);
         INSERT INTO post VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 1), (4, 'd', 1), (5, 'e', 2);
         INSERT INTO draft VALUES (1, 1), (2, 1); INSERT INTO topic VALUES (1), (2), (3);
         INSERT INTO author_topic VALUES (1, 1), (1, 2);",
    );
    db.sql();
    db
}

fn author(session: &Session) -> Obj<Author> {
    session.get_one::<Author>(1).unwrap()
}

fn ids(posts: &[Obj<Post>]) -> Vec<i64> {
    posts.iter().map(|one| one.id().unwrap()).collect()
}

#[test]
fn each_read_is_a_query() {
    let db = filled();
    let session = db.session();
    let author = author(&session);
    db.sql();
    assert_eq!(ids(&author.posts().all().unwrap()), [1, 2, 3, 4]);
    assert_eq!(author.posts().count().unwrap(), 4);
    assert_eq!(ids(&author.posts().slice(1..3).unwrap()), [2, 3]);
    assert_eq!(author.posts().get(9).unwrap(), None);
    assert_eq!(author.posts().first().unwrap().unwrap().id().unwrap(), 1);
    assert!(!author.posts().is_empty().unwrap());
    let some = author.posts().filter(Post::title.gt("a")).order_by_none().order_by(Post::id.desc());
    assert_eq!(ids(&some.clone().limit(2).all().unwrap()), [4, 3]);
    assert_eq!(ids(&some.clone().slice(1..).unwrap()), [3, 2]);
    assert_eq!(some.clone().count().unwrap(), 3);
    assert_eq!(some.filter(Post::id.eq(2)).one().unwrap().title().unwrap(), "b");
    assert_eq!(author.topics().all().unwrap().len(), 2);
    expect![[r#"
        SELECT "post"."id", "post"."title", "post"."author_id" FROM "post" WHERE ? = "post"."author_id" ORDER BY "post"."id" [1]
        SELECT count(*) FROM (SELECT "post"."id", "post"."title", "post"."author_id" FROM "post" WHERE ? = "post"."author_id") AS "rows" [1]
        SELECT "post"."id", "post"."title", "post"."author_id" FROM "post" WHERE ? = "post"."author_id" ORDER BY "post"."id" LIMIT ? OFFSET ? [1, 2, 1]
        SELECT "post"."id", "post"."title", "post"."author_id" FROM "post" WHERE ? = "post"."author_id" ORDER BY "post"."id" LIMIT ? OFFSET ? [1, 1, 9]
        SELECT "post"."id", "post"."title", "post"."author_id" FROM "post" WHERE ? = "post"."author_id" ORDER BY "post"."id" LIMIT ? [1, 1]
        SELECT EXISTS (SELECT "post"."id", "post"."title", "post"."author_id" FROM "post" WHERE ? = "post"."author_id") [1]
        SELECT "post"."id", "post"."title", "post"."author_id" FROM "post" WHERE ? = "post"."author_id" AND "post"."title" > ? ORDER BY "post"."id" DESC LIMIT ? [1, 'a', 2]
        SELECT "post"."id", "post"."title", "post"."author_id" FROM "post" WHERE ? = "post"."author_id" AND "post"."title" > ? ORDER BY "post"."id" DESC LIMIT -1 OFFSET ? [1, 'a', 1]
        SELECT count(*) FROM (SELECT "post"."id", "post"."title", "post"."author_id" FROM "post" WHERE ? = "post"."author_id" AND "post"."title" > ?) AS "rows" [1, 'a']
        SELECT "post"."id", "post"."title", "post"."author_id" FROM "post" WHERE ? = "post"."author_id" AND "post"."title" > ? AND "post"."id" = ? ORDER BY "post"."id" DESC [1, 'a', 2]
        SELECT "topic"."id" FROM "topic", "author_topic" WHERE ? = "author_topic"."author_id" AND "topic"."id" = "author_topic"."topic_id" ORDER BY "topic"."id" DESC [1]
    "#]].assert_eq(&db.sql());
    let mut seen = Vec::new();
    for post in author.posts() {
        seen.push(post.unwrap().id().unwrap());
    }
    assert_eq!(seen, [1, 2, 3, 4]);
    assert_eq!(Obj::any(&author).peek_related("posts").unwrap(), Related::NotLoaded);
    db.sql();
    assert_eq!(author.posts().slice(2..2).unwrap(), []);
    assert_eq!(db.sql(), "");
}

#[test]
fn what_changed_is_written_before_it_is_read() {
    let db = filled();
    let session = db.session();
    let author = author(&session);
    let third = session.get_one::<Post>(3).unwrap();
    db.sql();
    let new = author.posts().append(Post::builder().title("n")).unwrap();
    author.posts().remove(&third).unwrap();
    assert_eq!(new.author().unwrap().as_ref(), Some(&author));
    assert_eq!(third.author().unwrap(), None);
    assert_eq!(ids(&author.posts().all().unwrap()), [1, 2, 4, 6]);
    expect![[r#"
        UPDATE "post" SET "author_id" = ? WHERE "id" = ? [NULL, 3]
        INSERT INTO "post" ("title", "author_id") VALUES (?, ?) ['n', 1]
        SELECT "post"."id", "post"."title", "post"."author_id" FROM "post" WHERE ? = "post"."author_id" ORDER BY "post"."id" [1]
    "#]].assert_eq(&db.sql());
    // Without autoflush it is what the database holds.
    author.posts().push(Post::builder().title("m")).unwrap();
    session.no_autoflush(|_| assert_eq!(author.posts().count().unwrap(), 4));
    assert_eq!(author.posts().count().unwrap(), 5);
}

#[test]
fn of_an_object_without_a_row_it_is_what_was_added() {
    let db = filled();
    let session = db.session();
    let author = Author::builder().posts([Post::builder().title("x")]).into_obj().unwrap();
    let second = author.posts().append(Post::builder().title("y")).unwrap();
    assert_eq!(author.posts().count().unwrap(), 2);
    assert_eq!(author.posts().get(1).unwrap().as_ref(), Some(&second));
    assert_eq!(author.posts().slice(1..).unwrap(), std::slice::from_ref(&second));
    let error = author.posts().filter(Post::id.gt(0)).all().unwrap_err();
    assert_eq!(error.code(), Code::Detached);
    // A pending one is written.
    session.add(&author).unwrap();
    assert_eq!(Obj::state(&second), ObjectState::Pending);
    assert_eq!(author.posts().filter(Post::title.eq("y")).one().unwrap(), second);
    // A detached one can't be read.
    session.commit().unwrap();
    session.expunge_all();
    assert_eq!(author.posts().all().unwrap_err().code(), Code::Detached);
}

#[test]
fn a_deletion_loads_what_it_has_to_know() {
    let db = filled();
    let session = db.session();
    let author = author(&session);
    author.drafts().append(Draft::builder()).unwrap();
    db.sql();
    session.delete(&author).unwrap();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "draft" ("author_id") VALUES (?) [1]
        SELECT "draft"."id", "draft"."author_id" FROM "draft" WHERE ? = "draft"."author_id" [1]
        SELECT "post"."id", "post"."title", "post"."author_id" FROM "post" WHERE ? = "post"."author_id" ORDER BY "post"."id" [1]
        SELECT "draft"."id", "draft"."author_id" FROM "draft" WHERE ? = "draft"."author_id" [1]
        SELECT "topic"."id" FROM "topic", "author_topic" WHERE ? = "author_topic"."author_id" AND "topic"."id" = "author_topic"."topic_id" ORDER BY "topic"."id" DESC [1]
        DELETE FROM "author_topic" WHERE "author_id" = ? AND "topic_id" = ? [1, 2]
        DELETE FROM "author_topic" WHERE "author_id" = ? AND "topic_id" = ? [1, 1]
        UPDATE "post" SET "author_id" = ? WHERE "id" = ? [NULL, 1]
        UPDATE "post" SET "author_id" = ? WHERE "id" = ? [NULL, 2]
        UPDATE "post" SET "author_id" = ? WHERE "id" = ? [NULL, 3]
        UPDATE "post" SET "author_id" = ? WHERE "id" = ? [NULL, 4]
        DELETE FROM "draft" WHERE "id" = ? [1]
        DELETE FROM "draft" WHERE "id" = ? [2]
        DELETE FROM "draft" WHERE "id" = ? [3]
        DELETE FROM "author" WHERE "id" = ? [1]
    "#]].assert_eq(&db.sql());
    assert_eq!(db.rows("SELECT count(*) FROM draft").trim(), "0");
    assert_eq!(db.rows("SELECT count(*) FROM post WHERE author_id IS NULL").trim(), "4");
    assert_eq!(db.rows("SELECT count(*) FROM author_topic").trim(), "0");
}

#[test]
fn of_what_is_taken_out_an_orphan_is_deleted() {
    let db = filled();
    let session = db.session();
    let author = author(&session);
    let draft = author.drafts().first().unwrap().unwrap();
    author.drafts().remove(&draft).unwrap();
    assert_eq!(author.drafts().count().unwrap(), 1);
    assert_eq!(Obj::state(&draft), ObjectState::Deleted);
}

#[test]
fn it_is_replaced_by_what_comes_and_goes() {
    let db = filled();
    let session = db.session();
    let author = author(&session);
    let second = session.get_one::<Post>(2).unwrap();
    let new = Post::builder().title("n").into_obj().unwrap();
    db.sql();
    author.set_posts([&new, &second]).unwrap();
    session.flush().unwrap();
    expect![[r#"
        SELECT "post"."id", "post"."title", "post"."author_id" FROM "post" WHERE ? = "post"."author_id" ORDER BY "post"."id" [1]
        UPDATE "post" SET "author_id" = ? WHERE "id" = ? [NULL, 1]
        UPDATE "post" SET "author_id" = ? WHERE "id" = ? [NULL, 3]
        UPDATE "post" SET "author_id" = ? WHERE "id" = ? [NULL, 4]
        INSERT INTO "post" ("title", "author_id") VALUES (?, ?) ['n', 1]
    "#]].assert_eq(&db.sql());
    assert_eq!(ids(&author.posts().all().unwrap()), [2, 6]);
    // Nothing changes where it holds that already.
    author.set_posts([&new, &second]).unwrap();
    db.sql();
    session.flush().unwrap();
    assert_eq!(db.sql(), "");
    // By name, too.
    let by_name = Obj::any(&author).collection("posts").unwrap();
    assert_eq!(by_name.iter().unwrap().count(), 2);
    by_name.clear().unwrap();
    assert_eq!(author.posts().count().unwrap(), 0);
    assert!(matches!(Obj::any(&author).related("topics").unwrap(), Related::Many(all) if all.len() == 2));
}

#[test]
fn merging_a_new_object_replaces_its_items() {
    let db = filled();
    let session = db.session();
    let value = Author {
        id: 1,
        posts: Dynamic::new(vec![
            Post { id: 1, title: "z".into(), author_id: None, author: None },
            Post { id: 5, title: "e".into(), author_id: None, author: None },
        ]),
        drafts: Dynamic::default(),
        topics: Dynamic::default(),
    };
    let merged = session.merge(value).unwrap();
    session.commit().unwrap();
    assert_eq!(ids(&merged.posts().all().unwrap()), [1, 5]);
    assert_eq!(db.rows("SELECT title FROM post WHERE author_id = 1"), "'z'\n'e'\n");
    assert_eq!(db.rows("SELECT count(*) FROM draft WHERE author_id = 1").trim(), "2");
}

#[test]
fn a_rollback_drops_what_waits() {
    let db = filled();
    let session = db.session();
    let author = author(&session);
    let first = session.get_one::<Post>(1).unwrap();
    author.posts().remove(&first).unwrap();
    let new = author.posts().append(Post::builder().title("n")).unwrap();
    session.rollback().unwrap();
    assert_eq!(Obj::state(&new), ObjectState::Transient);
    assert_eq!(ids(&author.posts().all().unwrap()), [1, 2, 3, 4]);
    assert_eq!(first.author().unwrap().as_ref(), Some(&author));
}

#[test]
fn a_tree_is_deleted_from_its_leaves() {
    let db = filled();
    db.run("INSERT INTO node VALUES (1, NULL), (2, 1), (3, 2), (4, 1)");
    let session = db.session();
    let root = session.get_one::<Node>(1).unwrap();
    db.sql();
    session.delete(&root).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [1]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [2]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [3]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [4]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [1]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [2]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [3]
        SELECT "node"."id", "node"."parent_id" FROM "node" WHERE ? = "node"."parent_id" [4]
        DELETE FROM "node" WHERE "id" = ? [3]
        DELETE FROM "node" WHERE "id" = ? [4]
        DELETE FROM "node" WHERE "id" = ? [2]
        DELETE FROM "node" WHERE "id" = ? [1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(db.rows("SELECT count(*) FROM node").trim(), "0");
    // A new one is written from its root.
    let leaf = session.add(Node::builder()).unwrap();
    session.add(Node::builder().children([Node::builder().children([&leaf])])).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT id, parent_id FROM node"), "1|NULL\n2|1\n3|2\n");
}

/// Questions of the user's own, as methods of traits: of a relationship, and of the collection.
trait AskPosts {
    fn has_titled(self, title: &str) -> orm::Expr<bool>;
}

impl AskPosts for orm::Relationship<Author, Post, orm::ToLarge> {
    fn has_titled(self, title: &str) -> orm::Expr<bool> {
        self.any(Post::title.eq(title))
    }
}

trait Posts {
    fn titled(&self, title: &str) -> orm::query::DynamicQuery<Post>;
}

impl Posts for orm::DynamicCollection<Post> {
    fn titled(&self, title: &str) -> orm::query::DynamicQuery<Post> {
        self.filter(Post::title.eq(title))
    }
}

#[test]
fn questions_of_ones_own() {
    let db = Db::empty();
    Blog::create_all(&db.engine).unwrap();
    let session = db.session();
    let post = |title: &str| Post::builder().title(title);
    let ann = session.add(Author::builder().posts([post("a"), post("b"), post("a")])).unwrap();
    session.add(Author::builder().posts([post("b")])).unwrap();
    session.commit().unwrap();
    ann.id().unwrap();
    db.sql();
    let found = session.scalars(select(Author).filter(Author::posts.has_titled("a"))).unwrap().all().unwrap();
    assert_eq!(found, std::slice::from_ref(&ann));
    assert_eq!(ann.posts().titled("a").all().unwrap().len(), 2);
    expect![[r#"
        SELECT "author"."id" FROM "author" WHERE EXISTS (SELECT ? FROM "post" WHERE "author"."id" = "post"."author_id" AND "post"."title" = ?) [1, 'a']
        SELECT "post"."id", "post"."title", "post"."author_id" FROM "post" WHERE ? = "post"."author_id" AND "post"."title" = ? ORDER BY "post"."id" [1, 'a']
    "#]].assert_eq(&db.sql());
}
