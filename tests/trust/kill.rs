//! A process that is killed: what was acknowledged is there, and nothing is there in part.

use std::io::{BufRead, BufReader, Write};
use std::time::Duration;

use orm::prelude::*;
use orm::sqlite::Engine;
use tests::Db;
use tests::models::*;

use super::process;

#[test]
#[ignore = "run by the test below, in a process of its own"]
fn in_another_process() {
    let Some((_, engine)) = process::work() else { return };
    let session = Session::new(&engine);
    let mut number = session.scalars(select(User)).unwrap().all().unwrap().len();
    loop {
        number += 1;
        // A graph of several classes, links and a change of what was there before; some of it taken back.
        let name = format!("user {number}");
        let emails = [format!("a{number}"), format!("b{number}")];
        let user = User::builder()
            .name(name)
            .addresses(emails.map(|email| Address::builder().email(email)))
            .orders([Order::builder().note("n").items([Item::builder().name("i")])]);
        let user = session.add(user).unwrap();
        session.flush().unwrap();
        let part = session.begin_nested().unwrap();
        session.add(User::builder().name("never")).unwrap();
        user.addresses().clear().unwrap();
        session.flush().unwrap();
        part.rollback().unwrap();
        if let Some(before) = session.get::<User>(number as i64 - 1).unwrap() {
            before.set_fullname(number.to_string()).unwrap();
        }
        session.commit().unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "committed {number}").and_then(|()| out.flush()).unwrap();
    }
}

/// Checks that the first `acknowledged` users are there, and that each that is there is whole.
fn check(db: &Db, acknowledged: usize) {
    let rows = |sql: &str| db.rows(sql).trim().to_owned();
    assert_eq!(rows("PRAGMA integrity_check"), "'ok'");
    assert_eq!(rows("SELECT count(*) FROM pragma_foreign_key_check"), "0");
    let users: usize = rows("SELECT count(*) FROM user_account").parse().unwrap();
    assert!(users >= acknowledged, "{acknowledged} were acknowledged, {users} are there");
    assert_eq!(rows("SELECT count(*) FROM user_account WHERE name = 'never'"), "0");
    assert_eq!(rows("SELECT count(*) FROM address"), (2 * users).to_string());
    for table in ["orders", "item", "order_item"] {
        assert_eq!(rows(&format!("SELECT count(*) FROM {table}")), users.to_string(), "{table}");
    }
    let changed = "SELECT count(*) FROM user_account WHERE fullname = id + 1";
    assert_eq!(rows(changed), users.saturating_sub(1).to_string());
}

#[test]
fn nothing_that_was_acknowledged_is_lost() {
    let db = Db::file_with(Engine::options());
    let mut acknowledged = 0;
    for round in 0..process::rounds(12, 200) {
        let mut child = process::start("kill::in_another_process", "write", &db);
        let lines = BufReader::new(child.stdout.take().unwrap());
        let reading = std::thread::spawn(move || {
            let committed = lines.lines().map_while(Result::ok);
            committed.filter_map(|line| line.rsplit_once("committed ")?.1.parse::<usize>().ok()).last()
        });
        // Where a machine is slow to start a process, each gets longer until one has come as far as a commit.
        let start = if acknowledged == 0 { round as u64 * 100 } else { 0 };
        std::thread::sleep(Duration::from_millis(20 + (round as u64 * 37) % 90 + start));
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged = acknowledged.max(reading.join().unwrap().unwrap_or(acknowledged));
        check(&db, acknowledged);
    }
    assert!(acknowledged > 0, "no process got as far as its first commit");
}
