//! Validators: when they are asked, in which order, and what a refusal leaves.

use orm::prelude::*;
use orm::{Code, IntoObj};
use std::cell::RefCell;

orm::registry!(Models);

thread_local! {
    static CALLS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn note(call: String) {
    CALLS.with(|calls| calls.borrow_mut().push(call));
}

fn calls() -> Vec<String> {
    CALLS.with(RefCell::take)
}

#[derive(Debug)]
struct NoEmail;

impl std::fmt::Display for NoEmail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not an e-mail")
    }
}

impl std::error::Error for NoEmail {}

fn email(value: String) -> Result<String, NoEmail> {
    note(format!("email {value}"));
    if value.contains('@') { Ok(value.to_lowercase()) } else { Err(NoEmail) }
}

fn nickname(value: Option<String>) -> Result<Option<String>, String> {
    note(format!("nickname {value:?}"));
    Ok(value.filter(|value| !value.is_empty()))
}

/// Reads and sets other columns of the object.
fn age(user: &Obj<User>, value: i64) -> orm::Result<i64> {
    let email = user.email()?;
    note(format!("age {value} of {email}"));
    user.set_grown(value >= 18)?;
    Ok(value.min(150))
}

fn endless(user: &Obj<User>, value: i64) -> orm::Result<i64> {
    user.set_endless(value + 1)?;
    Ok(value)
}

fn ask(what: &str, owner: String, item: String) -> Result<(), String> {
    note(format!("{what} {owner} {item}"));
    if item.contains("bad") || owner.contains("bad") { Err("bad".to_owned()) } else { Ok(()) }
}

fn name(user: &Obj<User>) -> String {
    user.email().unwrap_or_default()
}

fn post_comes(user: &Obj<User>, post: &Obj<Post>) -> Result<(), String> {
    ask("+post", name(user), post.title().unwrap_or_default())
}

fn post_goes(user: &Obj<User>, post: &Obj<Post>) -> Result<(), String> {
    let title = post.title().unwrap_or_default();
    note(format!("-post {} {title}", name(user)));
    if title == "kept" { Err("kept".to_owned()) } else { Ok(()) }
}

fn author_comes(post: &Obj<Post>, user: &Obj<User>) -> Result<(), String> {
    ask("+author", post.title().unwrap_or_default(), name(user))
}

fn author_goes(post: &Obj<Post>, user: &Obj<User>) -> Result<(), String> {
    note(format!("-author {} {}", post.title().unwrap_or_default(), name(user)));
    Ok(())
}

fn tag_comes(tag: &Obj<Tag>) -> Result<(), &'static str> {
    if tag.name().is_ok_and(|name| name == "bad") { Err("a bad tag") } else { Ok(()) }
}

fn at_most_ten(rank: Option<i64>) -> Result<Option<i64>, String> {
    Ok(rank.map(|rank| rank.min(10)))
}

fn note_comes(note: &Obj<Note>) -> Result<(), &'static str> {
    if note.text().is_ok_and(|text| text == "bad") { Err("a bad note") } else { Ok(()) }
}

fn by_hand(post: &Obj<Post>) -> Result<(), String> {
    note(format!("by hand {}", post.title().unwrap_or_default()));
    Ok(())
}

#[derive(Mapped, Debug)]
#[mapped(registry = Models)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(validate = email)]
    email: String,
    #[column(validate = nickname)]
    nickname: Option<String>,
    #[column(validate = age, default = 1)]
    age: i64,
    #[column(default = false)]
    grown: bool,
    #[column(validate = endless, default = 1)]
    endless: i64,
    #[relationship(back_populates = "author", validate = post_comes, validate_removes = post_goes)]
    posts: Many<Post>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Models)]
struct Post {
    #[column(primary_key)]
    id: i64,
    title: String,
    #[column(validate = at_most_ten)]
    rank: Option<i64>,
    #[column(foreign_key = User::id)]
    author_id: Option<i64>,
    #[relationship(back_populates = "posts", validate = author_comes, validate_removes = author_goes)]
    author: Option<One<User>>,
    #[relationship(secondary = PostTag, back_populates = "posts", validate = tag_comes)]
    tags: ManySet<Tag>,
    #[relationship(back_populates = "post", validate = note_comes)]
    notes: Many<Note>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Models)]
struct Note {
    #[column(primary_key)]
    id: i64,
    text: String,
    #[column(foreign_key = Post::id)]
    post_id: Option<i64>,
    #[relationship(back_populates = "notes")]
    post: Option<One<Post>>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Models)]
struct Tag {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(secondary = PostTag, back_populates = "tags", validate = by_hand, validate_backrefs = false)]
    posts: ManySet<Post>,
}

#[derive(Table)]
#[mapped(registry = Models)]
struct PostTag {
    #[column(primary_key, foreign_key = Post::id)]
    post_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    tag_id: i64,
}

fn engine() -> orm::sqlite::Engine {
    let engine = orm::sqlite::Engine::in_memory().unwrap();
    Models::create_all(&engine).unwrap();
    engine
}

fn user(session: &Session, email: &str) -> Obj<User> {
    let user = session.add(User::builder().email(email)).unwrap();
    session.flush().unwrap();
    calls();
    user
}

fn post(session: &Session, title: &str) -> Obj<Post> {
    let post = session.add(Post::builder().title(title)).unwrap();
    session.flush().unwrap();
    calls();
    post
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: orm::Result<T>, text: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.code(), Code::Refused);
    assert_eq!(error.to_string(), text);
}

#[test]
fn a_column_is_set_to_what_its_validator_returns() {
    let engine = engine();
    let session = Session::new(&engine);
    let ed = session.add(User::builder().email("Ed@Example.org").nickname("")).unwrap();
    assert_eq!(calls(), ["email Ed@Example.org", "nickname Some(\"\")"]);
    assert_eq!((ed.email().unwrap().as_str(), ed.nickname().unwrap()), ("ed@example.org", None));
    ed.set_age(200).unwrap();
    assert_eq!(calls(), ["age 200 of ed@example.org"]);
    assert_eq!((ed.age().unwrap(), ed.grown().unwrap()), (150, true));
    // What the flush sets, and what is loaded, is asked of nobody.
    session.commit().unwrap();
    assert_eq!(ed.email().unwrap(), "ed@example.org");
    let all = session.scalars(select(User)).unwrap().all().unwrap();
    assert_eq!((all.len(), calls()), (1, vec![]));
    ed.set_email("ED@example.org").unwrap();
    session.commit().unwrap();
    assert_eq!(
        (ed.email().unwrap().as_str(), calls()),
        ("ed@example.org", vec!["email ED@example.org".to_owned()])
    );
}

#[test]
fn a_refused_value_changes_nothing() {
    let engine = engine();
    let session = Session::new(&engine);
    let ed = user(&session, "ed@example.org");
    session.commit().unwrap();
    refused(ed.set_email("ed"), "[refused] `User.email`: not an e-mail");
    assert!(!session.is_dirty());
    assert_eq!(ed.email().unwrap(), "ed@example.org");
    let error = ed.set_email("ed").unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().downcast_ref::<NoEmail>().is_some());
    refused(session.add(User::builder().email("ed")), "[refused] `User.email`: not an e-mail");
    assert_eq!(Obj::any(&ed).set("email", &"ed".into()).unwrap_err().code(), Code::Refused);
    assert_eq!(session.scalars(select(User)).unwrap().all().unwrap().len(), 1);
}

#[test]
fn plain_values_names_and_merges_are_asked_too() {
    let engine = engine();
    let session = Session::new(&engine);
    let value = |email: &str| User {
        id: 0,
        email: email.to_owned(),
        nickname: Some(String::new()),
        age: 1,
        grown: false,
        endless: 1,
        posts: Many::default(),
    };
    // All columns of a plain value are set. That of an endless validator is one too many.
    let error = session.add(value("Ed@example.org")).unwrap_err();
    assert_eq!(error.code(), Code::WrongState);
    assert!(error.to_string().contains("call each other"), "{error}");
    assert_eq!(calls(), ["email Ed@example.org", "nickname Some(\"\")", "age 1 of ed@example.org"]);

    let ed = user(&session, "ed@example.org");
    Obj::any(&ed).set("email", &"ED@EXAMPLE.ORG".into()).unwrap();
    Obj::any(&ed).set("nickname", &orm::Value::Null).unwrap();
    assert_eq!((ed.email().unwrap().as_str(), ed.nickname().unwrap()), ("ed@example.org", None));
    assert_eq!(calls(), ["email ED@EXAMPLE.ORG", "nickname None"]);
    session.commit().unwrap();

    let other = Session::new(&engine);
    let copy = other.scalars(select(User)).unwrap().one().unwrap();
    other.expunge(&copy).unwrap();
    let copied = copy.nickname().unwrap();
    assert_eq!(copied, None);
    calls();
    // Its endless column is merged too, and its validator is asked of it.
    assert_eq!(session.merge(&copy).unwrap_err().code(), Code::WrongState);
    assert!(calls().starts_with(&["email ed@example.org".to_owned(), "nickname None".to_owned()]));
}

/// Of a plain value also those columns are set that nobody asks of.
#[test]
fn columns_without_validators_stay_as_they_are() {
    let engine = engine();
    let session = Session::new(&engine);
    let value = Post {
        id: 0,
        title: "t".to_owned(),
        rank: Some(3),
        author_id: None,
        author: None,
        tags: ManySet::default(),
        notes: Many::default(),
    };
    let post = session.add(value).unwrap();
    assert_eq!((post.title().unwrap().as_str(), post.rank().unwrap()), ("t", Some(3)));
    let other = Session::new(&engine);
    session.commit().unwrap();
    // What the validator makes of it is what is set by a name, and what is merged.
    Obj::any(&post).set("rank", &70.into()).unwrap();
    assert_eq!(post.rank().unwrap(), Some(10));
    let copy = other.scalars(select(Post)).unwrap().one().unwrap();
    other.expunge(&copy).unwrap();
    session.rollback().unwrap();
    copy.set_rank(5).unwrap();
    assert_eq!(session.merge(&copy).unwrap().rank().unwrap(), Some(5));
}

/// An object of another class is refused before anybody is asked.
#[test]
fn an_object_of_another_class_is_not_asked_of() {
    let engine = engine();
    let session = Session::new(&engine);
    let post = post(&session, "t");
    let tag = Tag::builder().name("n").into_obj().unwrap();
    calls();
    assert!(Obj::any(&post).relate("author", Some(&Obj::any(&tag))).is_err());
    assert_eq!(calls(), Vec::<String>::new());
}

/// Where only one side has a validator, it is asked whichever side changes.
#[test]
fn one_side_alone_is_asked() {
    let engine = engine();
    let session = Session::new(&engine);
    let post = post(&session, "t");
    refused(post.notes().append(Note::builder().text("bad")), "[refused] `Post.notes`: a bad note");
    let note = session.add(Note::builder().text("bad")).unwrap();
    refused(note.set_post(&post), "[refused] `Post.notes`: a bad note");
    assert_eq!((post.notes().len().unwrap(), note.post().unwrap()), (0, None));
    note.set_text("good").unwrap();
    note.set_post(&post).unwrap();
    assert_eq!(post.notes().len().unwrap(), 1);
}

#[test]
fn validators_that_call_each_other_end() {
    let engine = engine();
    let session = Session::new(&engine);
    let ed = user(&session, "ed@example.org");
    let error = ed.set_endless(1).unwrap_err();
    assert_eq!(error.code(), Code::WrongState);
    // The next call begins anew.
    ed.set_age(1).unwrap();
}

#[test]
fn both_sides_of_a_relationship_are_asked() {
    let engine = engine();
    let session = Session::new(&engine);
    let (ed, jo) = (user(&session, "ed@"), user(&session, "jo@"));
    let first = post(&session, "first");
    ed.posts().append(&first).unwrap();
    assert_eq!(calls(), ["+post ed@ first", "+author first ed@"]);
    jo.posts().append(&first).unwrap();
    assert_eq!(calls(), ["+post jo@ first", "+author first jo@", "-post ed@ first", "-author first ed@"]);
    first.set_author(&ed).unwrap();
    assert_eq!(calls(), ["+author first ed@", "+post ed@ first", "-author first jo@", "-post jo@ first"]);
    first.set_author(None).unwrap();
    assert_eq!(calls(), ["-author first ed@", "-post ed@ first"]);
    ed.set_posts([&first]).unwrap();
    assert_eq!(calls(), ["+post ed@ first", "+author first ed@"]);
    let second = post(&session, "second");
    ed.set_posts([&first, &second]).unwrap();
    assert_eq!(calls(), ["+post ed@ first", "+post ed@ second", "+author second ed@"]);
    ed.posts().pop_at(0).unwrap();
    assert_eq!(calls(), ["-post ed@ first", "-author first ed@"]);
    ed.posts().remove(&second).unwrap();
    assert_eq!(calls(), ["-post ed@ second", "-author second ed@"]);
    ed.set_posts([&first, &second]).unwrap();
    calls();
    ed.posts().clear().unwrap();
    assert_eq!(calls(), ["-post ed@ first", "-author first ed@", "-post ed@ second", "-author second ed@"]);
    session.commit().unwrap();
    // What is loaded is asked of nobody.
    assert_eq!((ed.posts().len().unwrap(), calls()), (0, vec![]));
}

#[test]
fn a_refused_object_leaves_both_sides_as_they_were() {
    let engine = engine();
    let session = Session::new(&engine);
    let (ed, bad) = (user(&session, "ed@"), user(&session, "bad@"));
    let (kept, good) = (post(&session, "kept"), post(&session, "good"));
    ed.set_posts([&kept, &good]).unwrap();
    session.commit().unwrap();
    let unchanged = || {
        assert!(!session.is_dirty());
        assert_eq!(ed.posts().iter().unwrap().collect::<Vec<_>>(), [kept.clone(), good.clone()]);
        assert_eq!(kept.author().unwrap(), Some(ed.clone()));
        assert!(bad.posts().is_empty().unwrap());
    };
    unchanged();
    refused(bad.posts().append(&kept), "[refused] `User.posts`: bad");
    unchanged();
    refused(kept.set_author(&bad), "[refused] `Post.author`: bad");
    unchanged();
    // The one that loses it says no.
    let jo = user(&session, "jo@");
    session.commit().unwrap();
    unchanged();
    refused(jo.posts().append(&kept), "[refused] `User.posts`: kept");
    refused(kept.set_author(&jo), "[refused] `User.posts`: kept");
    refused(kept.set_author(None), "[refused] `User.posts`: kept");
    refused(ed.set_posts([&good]), "[refused] `User.posts`: kept");
    refused(ed.posts().clear(), "[refused] `User.posts`: kept");
    refused(ed.posts().remove(&kept), "[refused] `User.posts`: kept");
    refused(ed.posts().pop_at(0).map(|_| ()), "[refused] `User.posts`: kept");
    refused(ed.set_posts([Post::builder().title("bad")]), "[refused] `User.posts`: bad");
    unchanged();
    assert!(jo.posts().is_empty().unwrap());
    // By names too.
    let any = Obj::any(&ed);
    let posts = any.collection("posts").unwrap();
    assert_eq!(posts.remove(&Obj::any(&kept)).unwrap_err().code(), Code::Refused);
    unchanged();
}

#[test]
fn new_graphs_are_asked_as_they_are_built() {
    let engine = engine();
    let session = Session::new(&engine);
    let ed = User::builder().email("ed@").posts([Post::builder().title("a"), Post::builder().title("b")]);
    session.add(ed).unwrap();
    assert_eq!(calls(), ["email ed@", "+post ed@ a", "+author a ed@", "+post ed@ b", "+author b ed@"]);
    refused(
        session.add(User::builder().email("jo@").posts([Post::builder().title("bad")])),
        "[refused] `User.posts`: bad",
    );
}

#[test]
fn a_validator_may_leave_changes_of_the_other_side_alone() {
    let engine = engine();
    let session = Session::new(&engine);
    let (tag, first) = (session.add(Tag::builder().name("t")).unwrap(), post(&session, "first"));
    first.tags().append(&tag).unwrap();
    assert_eq!(calls(), Vec::<String>::new());
    // A set that has it is asked nothing.
    tag.posts().append(&first).unwrap();
    assert_eq!(calls(), Vec::<String>::new());
    first.tags().remove(&tag).unwrap();
    tag.posts().append(&first).unwrap();
    assert_eq!(calls(), ["by hand first"]);
    refused(first.tags().append(Tag::builder().name("bad")), "[refused] `Post.tags`: a bad tag");
    let bad = session.add(Tag::builder().name("bad")).unwrap();
    refused(bad.posts().append(&first), "[refused] `Post.tags`: a bad tag");
    assert_eq!(first.tags().len().unwrap(), 1);
}

/// A jar that gives way on its shelf to another one with the same label is asked about, whichever side is set.
#[test]
fn what_gives_way_in_a_map_is_asked_about() {
    orm::registry!(Shelves);

    fn jar_goes(jar: &Obj<Jar>) -> Result<(), String> {
        note(format!("goes {}", jar.id().unwrap_or_default()));
        if jar.id().is_ok_and(|id| id == 1) { Err("it stays".to_owned()) } else { Ok(()) }
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Shelves)]
    struct Shelf {
        #[column(primary_key)]
        id: i64,
        #[relationship(key = Jar::label, back_populates = "shelf", validate_removes = jar_goes)]
        jars: ManyMap<String, Jar>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Shelves)]
    struct Jar {
        #[column(primary_key)]
        id: i64,
        label: String,
        #[column(foreign_key = Shelf::id)]
        shelf_id: Option<i64>,
        #[relationship(back_populates = "jars")]
        shelf: Option<One<Shelf>>,
    }

    let jar = |id: i64, label: &str| Jar::builder().id(id).label(label).into_obj().unwrap();
    let (kept, other, salt) = (jar(1, "honey"), jar(2, "honey"), jar(3, "salt"));
    let shelf = Shelf::builder().jars([&kept, &salt]).into_obj().unwrap();
    assert_eq!(calls(), Vec::<String>::new());
    refused(other.set_shelf(&shelf), "[refused] `Shelf.jars`: it stays");
    assert_eq!(calls(), ["goes 1"]);
    assert_eq!((other.shelf().unwrap(), kept.shelf().unwrap()), (None, Some(shelf.clone())));
    jar(4, "salt").set_shelf(&shelf).unwrap();
    assert_eq!(calls(), ["goes 3"]);
    // It keeps its reference in memory, as in SQLAlchemy.
    assert_eq!((shelf.jars().len().unwrap(), salt.shelf().unwrap()), (2, Some(shelf)));
}
