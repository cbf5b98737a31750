//! Gives buffers their slots: two may share one where their lives do not overlap.

use super::schedule::{Draft, Schedule};
use super::{Buffer, Mode, Plan};
use crate::model::Model;
use crate::size::Size;

/// The largest buffers first, each into the first slot that is free for its whole life. Buffers whose size
/// the macro does not know come before all others, since any may be the largest.
pub(super) fn assign(schedule: Schedule, model: &Model, mode: Mode) -> Plan {
    let Schedule { forward, backward, buffers } = schedule;
    let slots = share(&buffers);
    let count = slots.iter().max().map_or(0, |slot| slot + 1);
    let sizes = (0..count)
        .map(|slot| {
            let tenants: Vec<Size> = buffers
                .iter()
                .zip(&slots)
                .filter(|(_, s)| **s == slot)
                .map(|(b, _)| b.size.clone())
                .collect();
            Size::max(&tenants)
        })
        .collect();
    let buffers = buffers
        .into_iter()
        .zip(slots)
        .map(|(Draft { what, size, live }, slot)| Buffer { what, size, slot, live })
        .collect();
    let names = model.layers.iter().map(|layer| layer.name.to_string()).collect();
    Plan { mode, forward, backward, buffers, slots: sizes, names }
}

/// The slot of each buffer.
fn share(buffers: &[Draft]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..buffers.len()).collect();
    order.sort_by_key(|&index| (std::cmp::Reverse(buffers[index].size.known().unwrap_or(usize::MAX)), index));
    let mut slots = vec![usize::MAX; buffers.len()];
    let mut tenants: Vec<Vec<usize>> = Vec::new();
    for index in order {
        let (first, last) = buffers[index].live;
        let free = |others: &Vec<usize>| {
            others.iter().all(|&other| last < buffers[other].live.0 || buffers[other].live.1 < first)
        };
        let slot = tenants.iter().position(free).unwrap_or(tenants.len());
        if slot == tenants.len() {
            tenants.push(Vec::new());
        }
        tenants[slot].push(index);
        slots[index] = slot;
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(size: usize, first: usize, last: usize) -> Draft {
        Draft { what: String::new(), size: Size::Known(size), live: (first, last) }
    }

    #[test]
    fn lives_that_do_not_overlap_share_a_slot() {
        let slots = share(&[draft(10, 0, 1), draft(20, 1, 2), draft(5, 2, 3)]);
        assert_eq!(slots[0], slots[2]);
        assert_ne!(slots[0], slots[1]);
    }
}
