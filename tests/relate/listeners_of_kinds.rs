//! Listeners of attributes of every kind: collections that are never loaded, under keys, of keys of several columns, of a class of
//! itself, while changes wait, and what is told when transactions are taken back. As SQLAlchemy tells them.

use std::cell::RefCell;

use orm::Listeners;
use orm::prelude::*;
use orm::{Code, IntoObj};
use tests::{Db, code};

orm::registry!(
    /// These classes.
    pub Told
);

thread_local! {
    static CALLS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn note(call: String) -> orm::Result<()> {
    CALLS.with_borrow_mut(|calls| calls.push(call));
    Ok(())
}

#[track_caller]
fn told(lines: &[&str]) {
    assert_eq!(CALLS.take(), lines);
}

/// Its fans are never loaded, its players stand under their numbers.
#[derive(Mapped)]
#[mapped(registry = Told, listen = Team::listen)]
struct Team {
    #[column(primary_key)]
    city: i64,
    #[column(primary_key)]
    name: String,
    #[relationship(back_populates = "team")]
    fans: Dynamic<Fan>,
    #[relationship(back_populates = "team", cascade = "all", passive_deletes)]
    posts: WriteOnly<Post>,
    #[relationship(back_populates = "team", key = Player::number)]
    players: ManyMap<i64, Player>,
}

macro_rules! of_team {
    ($name:ident, $back:literal, $($word:ident = $text:literal)?) => {
        #[derive(Mapped)]
        #[mapped(
            registry = Told,
            listen = $name::listen,
            foreign_key(columns(city, team_name), references(Team::city, Team::name) $(, $word = $text)?)
        )]
        struct $name {
            #[column(primary_key)]
            id: i64,
            number: i64,
            city: Option<i64>,
            team_name: Option<String>,
            #[relationship(back_populates = $back)]
            team: Option<One<Team>>,
        }

        impl $name {
            fn listen(on: &mut Listeners<'_, $name>) {
                on.set($name::team, |one, team, before| {
                    let before = match before {
                        None => "?".to_owned(),
                        Some(before) => of(before.as_ref()),
                    };
                    note(format!("{} {}: {} was {before}", stringify!($name), one.number()?, of(team.as_ref())))
                });
            }
        }
    };
}

of_team!(Fan, "fans",);
of_team!(Post, "posts", on_delete = "cascade");
of_team!(Player, "players",);

fn of(team: Option<&Obj<Team>>) -> String {
    team.map_or("none".to_owned(), |team| team.name().unwrap())
}

impl Team {
    fn listen(on: &mut Listeners<'_, Team>) {
        on.append(Team::fans, |team, fan| note(format!("{} + fan {}", team.name()?, fan.number()?)));
        on.remove(Team::fans, |team, fan| note(format!("{} - fan {}", team.name()?, fan.number()?)));
        on.append(Team::posts, |team, post| note(format!("{} + post {}", team.name()?, post.number()?)));
        on.remove(Team::posts, |team, post| note(format!("{} - post {}", team.name()?, post.number()?)));
        on.append(Team::players, |team, player| {
            if player.number()? == 13 {
                return Err(orm::Error::new(Code::Refused, "no thirteen"));
            }
            note(format!("{} + player {}", team.name()?, player.number()?))
        });
        on.remove(Team::players, |team, player| {
            note(format!("{} - player {}", team.name()?, player.number()?))
        });
        on.bulk_replace(Team::players, |team, players| {
            let numbers: Vec<i64> =
                players.iter().map(|player| player.number()).collect::<orm::Result<_>>()?;
            note(format!("{} = {numbers:?}", team.name()?))
        });
    }
}

/// A tree.
#[derive(Mapped)]
#[mapped(registry = Told, listen = Node::listen)]
struct Node {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(foreign_key = Node::id)]
    parent_id: Option<i64>,
    #[relationship(back_populates = "parent", order_by = Node::id)]
    nodes: Many<Node>,
    #[relationship(back_populates = "nodes", remote_side = Node::id)]
    parent: Option<One<Node>>,
}

impl Node {
    fn listen(on: &mut Listeners<'_, Node>) {
        let named = |node: Option<&Obj<Node>>| node.map_or(Ok("none".to_owned()), |node| node.name());
        on.append(Node::nodes, |node, child| note(format!("{} + {}", node.name()?, child.name()?)));
        on.remove(Node::nodes, |node, child| note(format!("{} - {}", node.name()?, child.name()?)));
        on.set(Node::parent, move |node, parent, before| {
            let before = before.map_or(Ok("?".to_owned()), |before| named(before.as_ref()))?;
            note(format!("{} below {} was {before}", node.name()?, named(parent.as_ref())?))
        });
    }
}

fn teams() -> (Db, Session, Obj<Team>, Obj<Team>) {
    let db = Db::empty();
    Told::create_all(&db.engine).unwrap();
    let session = db.session();
    let team = |name: &str| session.add(Team::builder().city(1).name(name)).unwrap();
    let (a, b) = (team("a"), team("b"));
    session.commit().unwrap();
    for team in [&a, &b] {
        team.name().unwrap();
    }
    CALLS.take();
    db.sql();
    (db, session, a, b)
}

fn fan(number: i64) -> Obj<Fan> {
    Fan::builder().number(number).into_obj().unwrap()
}

fn player(number: i64) -> Obj<Player> {
    Player::builder().number(number).into_obj().unwrap()
}

/// Nothing is loaded to tell of what comes and goes.
#[test]
fn collections_that_are_never_loaded() {
    let (db, session, a, b) = teams();
    let (one, two) = (fan(1), fan(2));
    a.fans().add_all([&one, &two]).unwrap();
    told(&["a + fan 1", "Fan 1: a was none", "a + fan 2", "Fan 2: a was none"]);
    one.set_team(&b).unwrap();
    told(&["Fan 1: b was a", "a - fan 1", "b + fan 1"]);
    a.fans().remove(&two).unwrap();
    told(&["a - fan 2", "Fan 2: none was a"]);
    let post = a.posts().add(Post::builder().number(1)).unwrap();
    told(&["a + post 1", "Post 1: a was none"]);
    assert_eq!(db.sql(), "");
    session.commit().unwrap();
    told(&[]);
    post.number().unwrap();
    a.name().unwrap();
    b.name().unwrap();
    db.sql();
    a.posts().remove(&post).unwrap();
    told(&["a - post 1", "Post 1: none was a"]);
    b.posts().add(&post).unwrap();
    told(&["b + post 1", "Post 1: b was none"]);
    assert_eq!(db.sql(), "");
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT number, team_name FROM post"), "1|'b'\n");
    assert_eq!(db.rows("SELECT number, team_name FROM fan ORDER BY number"), "1|'b'\n2|NULL\n");
}

/// What stands under the key of what comes is told to go, by whichever side it comes.
#[test]
fn collections_under_keys() {
    let (db, session, a, b) = teams();
    let (seven, other, eight) = (player(7), player(7), player(8));
    a.players().extend([&seven, &eight]).unwrap();
    told(&["a + player 7", "Player 7: a was none", "a + player 8", "Player 8: a was none"]);
    a.players().insert(&other).unwrap();
    told(&["a - player 7", "Player 7: none was a", "a + player 7", "Player 7: a was none"]);
    seven.set_team(&a).unwrap();
    // What is displaced by the other side isn't told itself, nor set to nothing before it is loaded again: as in SQLAlchemy.
    told(&["Player 7: a was none", "a - player 7", "a + player 7"]);
    assert_eq!((a.players().len().unwrap(), other.team().unwrap().as_ref()), (2, Some(&a)));
    // Of several with one key the last stays; nobody hears of the others.
    b.players().replace([&other, &player(9), &seven]).unwrap();
    told(&[
        "b = [7, 9]",
        "b + player 7",
        "Player 7: b was a",
        "a - player 7",
        "b + player 9",
        "Player 9: b was none",
    ]);
    other.set_team(None).unwrap();
    told(&["Player 7: none was a", "a - player 7"]);
    b.players().remove(&9).unwrap();
    told(&["b - player 9", "Player 9: none was b"]);
    // Refused, by the collection and by the other side: nothing moves, and what would be displaced stays.
    let bad = player(13);
    assert_eq!(code(b.players().insert(&bad)), Code::Refused);
    assert_eq!(code(bad.set_team(&b)), Code::Refused);
    assert_eq!((b.players().len().unwrap(), bad.team().unwrap()), (1, None));
    CALLS.take();
    session.commit().unwrap();
    told(&[]);
    assert_eq!(
        db.rows("SELECT number, team_name FROM player WHERE team_name IS NOT NULL ORDER BY number"),
        "7|'b'\n8|'a'\n"
    );
}

/// A collection that isn't loaded tells what is queued, and nothing when it is loaded. What stands under a key there isn't known.
#[test]
fn changes_that_wait() {
    let (db, session, a, _) = teams();
    let (seven, other) = (player(7), player(7));
    a.players().insert(&seven).unwrap();
    session.commit().unwrap();
    a.name().unwrap();
    CALLS.take();
    db.sql();
    session.no_autoflush(|_| {
        other.set_team(&a).unwrap();
        told(&["Player 7: a was none", "a + player 7"]);
        assert_eq!(db.sql(), "");
        assert_eq!(a.players().len().unwrap(), 1);
        told(&[]);
    });
}

#[test]
fn a_class_of_itself() {
    let (_, session, ..) = teams();
    let node = |name: &str| session.add(Node::builder().name(name)).unwrap();
    let (root, a, b) = (node("root"), node("a"), node("b"));
    root.nodes().append(&a).unwrap();
    told(&["root + a", "a below root was none"]);
    b.set_parent(&a).unwrap();
    told(&["b below a was none", "a + b"]);
    root.nodes().append(&b).unwrap();
    told(&["root + b", "b below root was a", "a - b"]);
    a.set_parent(&a).unwrap();
    told(&["a below a was root", "root - a", "a + a"]);
    a.nodes().clear().unwrap();
    told(&["a - a", "a below none was a"]);
    root.set_nodes([&a]).unwrap();
    told(&["root + a", "a below root was none", "root - b", "b below none was root"]);
}

/// What is taken back isn't told, and what comes then is told of what was there before.
#[test]
fn transactions_that_are_taken_back() {
    let (db, session, a, b) = teams();
    let one = session.add(fan(1)).unwrap();
    one.set_team(&a).unwrap();
    session.commit().unwrap();
    let warm = || (one.number().unwrap(), a.name().unwrap(), b.name().unwrap());
    warm();
    CALLS.take();
    let part = session.begin_nested().unwrap();
    one.set_team(&b).unwrap();
    told(&["Fan 1: b was a", "a - fan 1", "b + fan 1"]);
    session.flush().unwrap();
    part.rollback().unwrap();
    warm();
    told(&[]);
    one.set_team(None).unwrap();
    told(&["Fan 1: none was a", "a - fan 1"]);
    session.rollback().unwrap();
    warm();
    // A flush that fails.
    one.set_team(&b).unwrap();
    session.add(Fan::builder().id(one.id().unwrap()).number(2)).unwrap();
    CALLS.take();
    assert_eq!(code(session.flush()), Code::Integrity);
    session.rollback().unwrap();
    warm();
    told(&[]);
    b.fans().add(&one).unwrap();
    told(&["b + fan 1", "Fan 1: b was a", "a - fan 1"]);
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT team_name FROM fan"), "'b'\n");
}
