//! Listeners of attributes: when they are called, in which order, and what a refusal leaves.

use orm::prelude::*;
use orm::{Code, Listeners, Value};
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

#[derive(Mapped)]
#[mapped(registry = Models, listen = User::listen)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(validate = trimmed)]
    name: String,
    nick: Option<String>,
    #[relationship(back_populates = "author")]
    posts: Many<Post>,
    #[relationship(back_populates = "user")]
    profile: Option<One<Profile>>,
}

fn trimmed(value: String) -> Result<String, String> {
    Ok(value.trim().to_owned())
}

#[derive(Mapped)]
#[mapped(registry = Models, listen = Post::listen)]
struct Post {
    #[column(primary_key)]
    id: i64,
    title: String,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
    #[relationship(back_populates = "posts")]
    author: Option<One<User>>,
    #[relationship(secondary = PostTag, back_populates = "posts")]
    tags: ManySet<Tag>,
}

#[derive(Mapped)]
#[mapped(registry = Models, listen = Profile::listen)]
struct Profile {
    #[column(primary_key)]
    id: i64,
    text: String,
    #[column(foreign_key = User::id)]
    user_id: Option<i64>,
    #[relationship(back_populates = "profile")]
    user: Option<One<User>>,
}

#[derive(Table)]
#[mapped(registry = Models)]
#[allow(dead_code, reason = "rows of it are written by the library")]
struct PostTag {
    #[column(primary_key, foreign_key = Post::id)]
    post_id: i64,
    #[column(primary_key, foreign_key = Tag::id)]
    tag_id: i64,
}

/// Nothing listens to it itself.
#[derive(Mapped)]
#[mapped(registry = Models)]
struct Tag {
    #[column(primary_key)]
    id: i64,
    #[relationship(secondary = PostTag, back_populates = "tags")]
    posts: Many<Post>,
}

fn name(user: &Obj<User>) -> String {
    user.name().unwrap_or_default()
}

fn title(post: &Obj<Post>) -> String {
    post.title().unwrap_or_default()
}

fn was<T>(before: Option<&Option<Obj<T>>>, name: impl Fn(&Obj<T>) -> String) -> String
where
    T: Mapped,
{
    match before {
        None => "unknown".to_owned(),
        Some(None) => "none".to_owned(),
        Some(Some(one)) => name(one),
    }
}

fn refuse(what: &str) -> orm::Result<()> {
    if what.contains("bad") { Err(orm::Error::new(Code::Refused, "it is bad")) } else { Ok(()) }
}

impl User {
    fn listen(on: &mut Listeners<'_, User>) {
        on.set(User::name, |user, name, before| {
            note(format!("name {name:?} was {before:?}"));
            refuse(name)?;
            // What listens may set another attribute.
            user.set_nick(name.chars().next().map(String::from))
        });
        on.set(User::id, |_, id, _| {
            note(format!("id {id}"));
            Ok(())
        });
        on.set(User::nick, |_, nick, before| {
            note(format!("nick {nick:?} was {before:?}"));
            Ok(())
        });
        on.append(User::posts, |user, post| {
            note(format!("append {} {}", name(user), title(post)));
            refuse(&title(post))
        });
        on.remove(User::posts, |user, post| {
            note(format!("remove {} {}", name(user), title(post)));
            refuse(&title(post).replace("kept", "bad"))
        });
        on.bulk_replace(User::posts, |user, posts| {
            note(format!("replace {} {:?}", name(user), posts.iter().map(title).collect::<Vec<_>>()));
            Ok(())
        });
        on.set(User::profile, |user, profile, before| {
            let text = |profile: &Obj<Profile>| profile.text().unwrap_or_default();
            let now = profile.as_ref().map(text);
            note(format!("profile of {} {now:?} was {}", name(user), was(before, text)));
            Ok(())
        });
    }
}

impl Post {
    fn listen(on: &mut Listeners<'_, Post>) {
        on.set(Post::author, |post, author, before| {
            let now = author.as_ref().map(name);
            note(format!("author of {} {now:?} was {}", title(post), was(before, name)));
            Ok(())
        });
        on.append(Post::tags, |post, tag| {
            note(format!("tag {} {}", title(post), tag.id()?));
            Ok(())
        });
        on.remove(Post::tags, |post, tag| {
            note(format!("untag {} {}", title(post), tag.id()?));
            Ok(())
        });
    }
}

impl Profile {
    fn listen(on: &mut Listeners<'_, Profile>) {
        on.set(Profile::user, |profile, user, before| {
            let now = user.as_ref().map(name);
            note(format!("user of {} {now:?} was {}", profile.text()?, was(before, name)));
            Ok(())
        });
    }
}

fn session() -> orm::Result<Session> {
    let engine = orm::sqlite::Engine::in_memory()?;
    Models::create_all(&engine)?;
    let session = Session::new(&engine);
    calls();
    Ok(session)
}

fn user(session: &Session, name: &str) -> orm::Result<Obj<User>> {
    let user = session.add(User::builder().name(name))?;
    calls();
    Ok(user)
}

fn post(session: &Session, title: &str) -> orm::Result<Obj<Post>> {
    session.add(Post::builder().title(title))
}

#[test]
fn a_column_tells_what_it_is_set_to_and_what_it_was() -> orm::Result<()> {
    let session = session()?;
    let ed = session.add(User::builder().name(" ed "))?;
    // The validator comes first.
    assert_eq!(calls(), ["name \"ed\" was None", "nick Some(\"e\") was None"]);
    ed.set_name("jo")?;
    assert_eq!(calls(), ["name \"jo\" was Some(\"ed\")", "nick Some(\"j\") was Some(Some(\"e\"))"]);
    // Both are equal.
    ed.set_nick("j")?;
    assert_eq!(calls(), ["nick Some(\"j\") was Some(Some(\"j\"))"]);
    session.commit()?;
    assert_eq!(calls(), [""; 0], "a flush sets the key without a word");
    ed.set_nick(None)?;
    assert_eq!(calls(), ["nick None was None"], "what is expired isn't loaded for it");
    // By name, by a plain value and by merging.
    let any = Obj::any(&ed);
    any.set("nick", &Value::from("x"))?;
    assert_eq!(calls(), ["nick Some(\"x\") was Some(None)"]);
    let plain = session.add(User {
        id: 0,
        name: "al".to_owned(),
        nick: None,
        posts: Many::default(),
        profile: None,
    })?;
    assert_eq!(
        calls(),
        ["name \"al\" was None", "nick Some(\"a\") was Some(None)", "nick Some(\"a\") was None"],
        "what a listener has set is one of the value's columns, each of which is asked"
    );
    session.flush()?;
    session.merge(User { id: plain.id()?, name: "bo".to_owned(), ..plain.to_value()? })?;
    let of_name = |call: &String| call.starts_with("name");
    assert_eq!(
        calls().into_iter().filter(of_name).collect::<Vec<_>>(),
        ["name \"bo\" was None", "name \"bo\" was Some(\"al\")"],
        "that of the value, and that of the object it is merged into"
    );
    Ok(())
}

#[test]
fn a_refusal_leaves_the_column_as_it_was() -> orm::Result<()> {
    let session = session()?;
    let ed = user(&session, "ed")?;
    let error = ed.set_name("bad").unwrap_err();
    assert_eq!(error.to_string(), "[refused] `User.name`: it is bad");
    assert_eq!((ed.name()?.as_str(), ed.nick()?.as_deref()), ("ed", Some("e")));
    let error = session.add(User::builder().name("bad")).unwrap_err();
    assert_eq!((error.code(), error.attribute()), (Code::Refused, Some("name")));
    Ok(())
}

#[test]
fn a_change_tells_both_sides_in_the_order_of_sqlalchemy() -> orm::Result<()> {
    let session = session()?;
    let (u1, u2) = (user(&session, "u1")?, user(&session, "u2")?);
    let p = session.add(Post::builder().title("p").author(&u1))?;
    assert_eq!(calls(), ["author of p Some(\"u1\") was none", "append u1 p"]);
    p.set_author(&u2)?;
    assert_eq!(calls(), ["author of p Some(\"u2\") was u1", "remove u1 p", "append u2 p"]);
    p.set_author(&u2)?;
    assert_eq!(calls(), ["author of p Some(\"u2\") was u2"]);
    u1.posts().append(&p)?;
    assert_eq!(calls(), ["append u1 p", "author of p Some(\"u1\") was u2", "remove u2 p"]);
    u1.posts().remove(&p)?;
    assert_eq!(calls(), ["remove u1 p", "author of p None was u1"]);
    let (q, r) = (post(&session, "q")?, post(&session, "r")?);
    u1.set_posts([&p, &q])?;
    assert_eq!(
        calls(),
        [
            "replace u1 [\"p\", \"q\"]",
            "append u1 p",
            "author of p Some(\"u1\") was none",
            "append u1 q",
            "author of q Some(\"u1\") was none",
        ]
    );
    // What stays isn't told of.
    u1.set_posts([&q, &r])?;
    assert_eq!(
        calls(),
        [
            "replace u1 [\"q\", \"r\"]",
            "append u1 r",
            "author of r Some(\"u1\") was none",
            "remove u1 p",
            "author of p None was u1",
        ]
    );
    u2.set_posts([&r])?;
    assert_eq!(
        calls(),
        ["replace u2 [\"r\"]", "append u2 r", "author of r Some(\"u2\") was u1", "remove u1 r"]
    );
    r.set_author(None)?;
    assert_eq!(calls(), ["author of r None was u2", "remove u2 r"]);
    u1.posts().pop()?;
    assert_eq!(calls(), ["remove u1 q", "author of q None was u1"]);
    u1.set_posts([&p, &q])?;
    calls();
    u1.posts().clear()?;
    assert_eq!(calls(), ["remove u1 p", "author of p None was u1", "remove u1 q", "author of q None was u1"]);
    Ok(())
}

#[test]
fn what_is_not_loaded_is_told_of_as_unknown() -> orm::Result<()> {
    let session = session()?;
    let (u1, u2) = (user(&session, "u1")?, user(&session, "u2")?);
    let p = session.add(Post::builder().title("p").author(&u1))?;
    session.commit()?;
    u1.name()?;
    u2.name()?;
    p.title()?;
    calls();
    p.set_author(&u2)?;
    // `u1` is found by the key without asking the database.
    assert_eq!(calls(), ["author of p Some(\"u2\") was u1", "remove u1 p", "append u2 p"]);
    session.commit()?;
    let q = post(&session, "q")?;
    calls();
    u2.posts().append(&q)?;
    assert_eq!(calls(), ["append u2 q", "author of q Some(\"u2\") was none"]);
    Ok(())
}

#[test]
fn one_to_one_tells_all_that_lose_and_gain() -> orm::Result<()> {
    let session = session()?;
    let (u1, u2) = (user(&session, "u1")?, user(&session, "u2")?);
    let a = session.add(Profile::builder().text("a").user(&u1))?;
    assert_eq!(calls(), ["user of a Some(\"u1\") was none", "profile of u1 Some(\"a\") was none"]);
    u2.set_profile(&a)?;
    assert_eq!(
        calls(),
        ["profile of u2 Some(\"a\") was none", "user of a Some(\"u2\") was u1", "profile of u1 None was a"]
    );
    u2.set_profile(None)?;
    assert_eq!(calls(), ["profile of u2 None was a", "user of a None was u2"]);
    Ok(())
}

#[test]
fn a_side_that_listens_hears_of_a_side_that_does_not() -> orm::Result<()> {
    let session = session()?;
    let p = post(&session, "p")?;
    let tag = session.add(Tag::builder().id(7))?;
    tag.posts().append(&p)?;
    assert_eq!(calls(), ["tag p 7"]);
    // A set that has it isn't changed.
    p.tags().append(&tag)?;
    assert_eq!(calls(), [""; 0]);
    tag.posts().clear()?;
    assert_eq!(calls(), ["untag p 7"]);
    Ok(())
}

#[test]
fn a_refusal_leaves_both_sides_as_they_were() -> orm::Result<()> {
    let session = session()?;
    let (u1, u2) = (user(&session, "u1")?, user(&session, "u2")?);
    let kept = session.add(Post::builder().title("kept").author(&u1))?;
    let error = kept.set_author(&u2).unwrap_err();
    assert_eq!(error.to_string(), "[refused] `User.posts`: it is bad");
    assert!(kept.author()?.is_some_and(|author| author == u1));
    assert_eq!((u1.posts().len()?, u2.posts().len()?), (1, 0));
    let bad = post(&session, "bad")?;
    assert_eq!(u2.set_posts([&bad]).unwrap_err().code(), Code::Refused);
    assert_eq!((u2.posts().len()?, bad.author()?.is_none()), (0, true));
    // Nothing is left to be written of it.
    session.commit()?;
    assert_eq!((u1.posts().len()?, u2.posts().len()?), (1, 0));
    Ok(())
}

mod lacking {
    use orm::prelude::*;
    use orm::{Relationship, ToMany};

    orm::registry!(
        /// A class whose listeners are told of a relationship that nobody adds.
        pub Lacking
    );

    #[derive(Mapped)]
    #[mapped(registry = Lacking, listen = Team::listen)]
    pub struct Team {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
    }

    impl Team {
        fn listen(on: &mut orm::Listeners<'_, Team>) {
            const PLAYERS: Relationship<Team, Team, ToMany> = Relationship::added("players");
            on.append(PLAYERS, |_, _| Ok(()));
        }
    }
}

#[test]
fn a_listener_of_a_relationship_that_was_not_added_is_an_error() {
    let engine = orm::sqlite::Engine::in_memory().unwrap();
    lacking::Lacking::create_all(&engine).unwrap();
    let session = Session::new(&engine);
    let error = session.add(lacking::Team::builder().name("a")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "[bad-option] `Team.players`: a listener is told of a relationship that its class lacks; help: add the \
         relationship to the registry that the class belongs to, before it is configured"
    );
}
