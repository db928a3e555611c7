//! Who listens to a class is told what was expired of its objects.

use std::rc::Rc;

use super::Inner;
use crate::mapper::Relation;
use crate::state::called;
use crate::state::change::hooks::Hooks;
use crate::state::memory::access::relation;
use crate::state::memory::changes::Attr;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::Instance;

impl Inner {
    /// An object was expired, or some attributes of it. It is told when the operation has ended: until then others are still
    /// to be expired.
    #[inline]
    pub(super) fn note_expired(&self, instance: &Rc<Instance>, attributes: Option<&[Attr]>) {
        if instance.header().mapper().is_heard() {
            self.note_heard_expired(instance, attributes);
        }
    }

    #[cold]
    fn note_heard_expired(&self, instance: &Rc<Instance>, attributes: Option<&[Attr]>) {
        if Hooks::of(instance.header().mapper()).is_ok_and(Hooks::hears_expired) {
            let names = attributes.map(|all| all.iter().filter_map(|attr| name(instance, *attr)).collect());
            self.expired.borrow_mut().push((Handle::to(instance), names));
        }
    }

    /// Tells what was expired.
    #[inline]
    pub(super) fn tell_expired(&self) {
        if !self.expired.borrow().is_empty() {
            self.tell_each_expired();
        }
    }

    #[cold]
    fn tell_each_expired(&self) {
        let expired = std::mem::take(&mut *self.expired.borrow_mut());
        for (object, names) in expired {
            let told = called::call(|| {
                Hooks::of(object.header().mapper())?.fire_expired(&object, names.as_deref());
                Ok(())
            });
            if let Err(error) = told {
                tracing::warn!(target: "orm::session", %error, "a listener wasn't called");
            }
        }
    }
}

fn name(instance: &Rc<Instance>, attr: Attr) -> Option<&'static str> {
    match attr {
        Attr::Column(slot) => instance.header().mapper().attribute_in(slot),
        Attr::Relation(slot) => relation(instance, slot).ok().map(Relation::name),
    }
}
