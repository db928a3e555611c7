//! The session as objects and loaders see it.

use std::rc::Rc;

use super::Inner;
use crate::engine::EngineConnection;
use crate::error::Result;
use crate::load::{self, Execute};
use crate::mapper::Relation;
use crate::state::host::{Fetched, Host};
use crate::state::{Core, IdentityMap, Node, Passive, SessionId};

impl Host for Inner {
    fn load_expired(&self, node: &Rc<Node>, passive: Passive) -> Result<()> {
        load::expired(self, node, passive)
    }

    fn load_relation(
        &self,
        node: &Rc<Node>,
        relation: &'static Relation,
        passive: Passive,
    ) -> Result<Fetched> {
        load::relation(self, node, relation, passive)
    }

    fn contains(&self, node: &Rc<Node>) -> bool {
        self.contains_node(node)
    }

    fn save_or_update(&self, node: &Rc<Node>) -> Result<()> {
        self.add_node(node)
    }

    fn expunge(&self, node: &Rc<Node>) -> Result<()> {
        self.expunge_cascading(node)
    }

    fn changed(&self, node: &Rc<Node>) {
        self.hold(node);
        self.autobegin();
    }

    fn forget(&self, core: &Core) {
        self.identity.discard(core);
    }
}

impl Execute for Inner {
    fn id(&self) -> SessionId {
        self.id.get()
    }

    fn connection(&self) -> Result<Rc<EngineConnection>> {
        self.check_settling()?;
        self.connect()
    }

    fn autoflush(&self) -> Result<()> {
        if self.autoflush.get() && !self.flushing.get() { self.flush() } else { Ok(()) }
    }

    fn identity(&self) -> &IdentityMap {
        &self.identity
    }

    fn found_deleted(&self, node: &Rc<Node>) {
        self.mark_deleted(node);
    }

    fn settled(&self, node: &Rc<Node>) {
        self.release(node);
    }
}
