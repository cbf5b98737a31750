//! Gives buffers their slots: two may share one where their lives do not overlap.

use super::schedule::{Draft, Schedule};
use super::{Buffer, Mode, Plan, Role, fold};
use crate::model::Model;
use crate::size::Size;
use std::collections::BTreeSet;

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
    let names = names(&buffers);
    let buffers = buffers
        .into_iter()
        .zip(slots)
        .zip(names)
        .map(|((Draft { what, size, live }, slot), name)| Buffer { what, name, size, slot, live })
        .collect();
    let layers = model.layers.iter().map(|layer| layer.name.to_string()).collect();
    Plan { mode, forward, backward, buffers, slots: sizes, folds: fold::folds(model), names: layers }
}

/// What the passes call each buffer.
fn names(buffers: &[Draft]) -> Vec<String> {
    let parameters =
        ["x", "y", "dx", "dy", "calls", "pass", "slots", "learning", "lengths", "memory", "saved", "scratch"];
    let mut taken: BTreeSet<String> = parameters.map(str::to_owned).into();
    let mut name = |Draft { what, .. }: &Draft| {
        let of = what.of.trim_start_matches("r#");
        let mut name = match what.role {
            Role::Output => of.to_owned(),
            Role::Gradient => format!("d_{of}"),
            Role::Contribution => format!("dx_{of}"),
            Role::Saved => format!("{of}_saved"),
            Role::Scratch => format!("{of}_scratch"),
        };
        // What is taken, or a keyword.
        while syn::parse_str::<syn::Ident>(&name).is_err() || !taken.insert(name.clone()) {
            name.push('_');
        }
        name
    };
    buffers.iter().map(&mut name).collect()
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
    use super::super::What;
    use super::*;

    fn draft(size: usize, first: usize, last: usize) -> Draft {
        let what = What { role: Role::Output, of: String::new() };
        Draft { what, size: Size::Known(size), live: (first, last) }
    }

    #[test]
    fn lives_that_do_not_overlap_share_a_slot() {
        let slots = share(&[draft(10, 0, 1), draft(20, 1, 2), draft(5, 2, 3)]);
        assert_eq!(slots[0], slots[2]);
        assert_ne!(slots[0], slots[1]);
    }

    #[test]
    fn every_buffer_has_a_name_of_its_own() {
        let draft = |role, of: &str| Draft { what: What { role, of: of.to_owned() }, ..draft(1, 0, 0) };
        let names = names(&[
            draft(Role::Output, "conv1"),
            draft(Role::Gradient, "conv1"),
            draft(Role::Output, "d_conv1"),
            draft(Role::Saved, "conv1"),
            draft(Role::Output, "conv1_saved"),
            draft(Role::Output, "x"),
            draft(Role::Output, "r#type"),
            draft(Role::Contribution, "conv1"),
        ]);
        let expected =
            ["conv1", "d_conv1", "d_conv1_", "conv1_saved", "conv1_saved_", "x_", "type_", "dx_conv1"];
        assert_eq!(names, expected);
    }
}
