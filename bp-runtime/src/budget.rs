//! The message of a network that is over its budget, written by constant evaluation.

use crate::text::Text;

/// Fails to compile where `used` exceeds `limit`; the message gives both and the three largest of `parts`.
///
/// ```
/// use backprop_runtime::budget::check;
/// const _: () = check("Net", "training", 900, 1000, &[("dense1", 800), ("dense2", 100)]);
/// ```
///
/// ```compile_fail
/// use backprop_runtime::budget::check;
/// const _: () = check("Net", "training", 900, 500, &[("dense1", 800), ("dense2", 100)]);
/// ```
#[track_caller]
pub const fn check(network: &str, limit: &str, used: usize, allowed: usize, parts: &[(&str, usize)]) {
    if used <= allowed {
        return;
    }
    let mut text = Text::new();
    text = text.push("network `").push(network).push("` is over its budget: `").push(limit);
    text = text.push("` takes ").number(used).push(" bytes and may take ").number(allowed);
    text = text.push("; most take: ");
    let (mut rank, mut last) = (0, (usize::MAX, 0));
    while rank < 3 && rank < parts.len() {
        let index = next(parts, last);
        last = (parts[index].1, index + 1);
        if last.0 > 0 {
            text = text.push(if rank > 0 { ", " } else { "" }).push(parts[index].0).push(" ");
            text = text.number(parts[index].1);
        }
        rank += 1;
    }
    text = text.push(". Make these smaller, or raise the budget");
    panic!("{}", text.or("a network is over its budget"));
}

/// The largest part after the one last seen: of the same bytes further on, or of fewer.
const fn next(parts: &[(&str, usize)], (bytes, after): (usize, usize)) -> usize {
    let (mut found, mut best, mut index) = (0, 0, 0);
    while index < parts.len() {
        let (_, part) = parts[index];
        let later = part < bytes || (part == bytes && index >= after);
        if later && (part > best || (best == 0 && part == best)) {
            (found, best) = (index, part);
        }
        index += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(
        expected = "network `Net` is over its budget: `training` takes 1250 bytes and may take 1000; most take: \
                    c 500, a 300, d 300. Make these smaller, or raise the budget"
    )]
    fn the_three_largest_are_named_in_order() {
        check("Net", "training", 1250, 1000, &[("a", 300), ("b", 150), ("c", 500), ("d", 300), ("e", 0)]);
    }

    #[test]
    #[should_panic(expected = "may take 0; most take: only 7. Make")]
    fn parts_of_nothing_are_left_out() {
        check("Net", "inference", 7, 0, &[("none", 0), ("only", 7)]);
    }
}
