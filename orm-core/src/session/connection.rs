//! `SessionConnection`: statements of the user's own, in the transaction of the session.

use std::fmt;
use std::rc::Rc;

use super::{Inner, Session};
use crate::engine::{Connection, EngineConnection, Flow, Row, Statement};
use crate::error::{Code, Error, Result};
use crate::value::Value;

/// Statements of your own, in the transaction of a session. Nothing is flushed first.
///
/// It is lent by the session, which goes on using the connection. Transactions are ended by the session alone, which
/// has objects to keep in step: `COMMIT` and the like are refused.
pub struct SessionConnection<'s> {
    session: &'s Inner,
    connection: Rc<EngineConnection>,
}

/// The first words of statements that begin or end transactions and savepoints.
const VERBS: [&str; 6] = ["begin", "commit", "end", "rollback", "savepoint", "release"];

/// Refuses a statement that would begin or end a transaction or a savepoint.
fn check_verb(sql: &str) -> Result<()> {
    let first = first_word(sql);
    if VERBS.iter().any(|verb| first.eq_ignore_ascii_case(verb)) {
        let message =
            format!("`{}` would end the transaction behind the session", first.to_ascii_uppercase());
        return Err(Error::new(Code::WrongState, message)
            .help("use `commit`, `rollback` and `begin_nested` of the session"));
    }
    Ok(())
}

/// The first word of a statement, after spaces, comments and empty statements.
fn first_word(sql: &str) -> &str {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
        rest = if let Some(comment) = rest.strip_prefix("--") {
            comment.split_once('\n').map_or("", |(_, after)| after)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, after)| after)
        } else {
            let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
            return rest.get(..end).unwrap_or_default();
        }
    }
}

impl SessionConnection<'_> {
    /// Prepares a statement, or takes it from the connection's cache.
    ///
    /// # Errors
    /// `wrong-state` where it would begin or end a transaction; `database` where the database refuses it, or the text is
    /// several statements.
    pub fn prepare(&self, sql: &str) -> Result<Box<dyn Statement + '_>> {
        check_verb(sql)?;
        self.connection.prepare(sql)
    }

    /// Runs a statement that gives no rows, and says how many it changed.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare), and what the database says.
    pub fn execute(&self, sql: &str, params: &[Value]) -> Result<u64> {
        let mut statement = self.bound(sql, params)?;
        Ok(statement.execute()?.rows)
    }

    /// Runs a query and lends each row, until `each` fails or says so.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare), and what the database or `each` says.
    pub fn query(
        &self,
        sql: &str,
        params: &[Value],
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
    ) -> Result<()> {
        self.bound(sql, params)?.query(each)
    }

    fn bound(&self, sql: &str, params: &[Value]) -> Result<Box<dyn Statement + '_>> {
        let mut statement = self.prepare(sql)?;
        for (at, value) in params.iter().enumerate() {
            statement.bind(at, value.as_ref())?;
        }
        Ok(statement)
    }

    /// Runs statements without parameters and rows.
    ///
    /// # Errors
    /// `wrong-state` where the first would begin or end a transaction, `pending-rollback` where a later one has; and what
    /// the database says.
    pub fn execute_batch(&self, sql: &str) -> Result<()> {
        check_verb(sql)?;
        let ran = self.connection.execute_batch(sql);
        ran.and_then(|()| self.session.check_open(&self.connection))
    }

    /// Whether the database has a transaction open.
    pub fn in_transaction(&self) -> bool {
        self.connection.in_transaction()
    }
}

impl fmt::Debug for SessionConnection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SessionConnection").field(&self.connection).finish()
    }
}

impl Session {
    /// Runs a statement of your own that gives no rows, and says how many rows it changed. What changed is flushed first, as
    /// before a query; objects of the session don't see what it does until they are expired.
    ///
    /// ```
    /// # use orm_core::{Result, Session};
    /// fn shout(session: &Session, user: i64) -> Result<u64> {
    ///     session.execute_text("UPDATE user SET name = upper(name) WHERE id = ?", &[user.into()])
    /// }
    /// ```
    ///
    /// # Errors
    /// As a flush; `pending-rollback` after a failed one; `database` where it gives rows (take
    /// [`select_text`](crate::select_text)), and what the database says.
    pub fn execute_text(&self, sql: &str, values: &[Value]) -> Result<u64> {
        self.inner.autoflush()?;
        self.connection()?.execute(sql, values)
    }

    /// The connection of the transaction that is running, for statements of your own. Nothing is flushed first.
    ///
    /// ```
    /// # use orm_core::{Result, Session, Value};
    /// fn emails(session: &Session, user: i64) -> Result<u64> {
    ///     session.connection()?.execute("UPDATE address SET email = lower(email) WHERE user_id = ?", &[user.into()])
    /// }
    /// ```
    ///
    /// # Errors
    /// `pending-rollback` after a failed flush, and what the database says.
    pub fn connection(&self) -> Result<SessionConnection<'_>> {
        let connection = self.inner.connect()?;
        self.inner.ledger.borrow_mut().writes();
        Ok(SessionConnection { session: &self.inner, connection })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_is_found() {
        let texts = [
            ("COMMIT", "COMMIT"),
            ("  ;; -- a\n/* b */ rollback to x", "rollback"),
            ("select 1", "select"),
            ("-- commit", ""),
            ("/* commit", ""),
            ("", ""),
            ("end;", "end"),
            ("ending", "ending"),
            ("é", ""),
        ];
        for (sql, word) in texts {
            assert_eq!(first_word(sql), word, "{sql}");
        }
    }
}
