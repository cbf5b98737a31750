//! An order of numbers that is computed on the fly.

/// Rounds of the network. Four are enough for long lists; of eleven numbers, some places would hold some numbers a sixth
/// too often.
const ROUNDS: usize = 8;

/// A seeded permutation of `0..length`, without a list of indices.
///
/// A Feistel network shuffles the smallest power of four that is at least `length`; what falls outside is
/// shuffled again until it falls inside (*cycle walking*; Black and Rogaway, *Ciphers with arbitrary finite domains*, 2002),
/// which takes fewer than four tries on average.
///
/// ```
/// use backprop_runtime::permutation::Permutation;
/// let mut seen: Vec<usize> = Permutation::new(10, 7).collect();
/// assert_ne!(seen, (0..10).collect::<Vec<_>>());
/// seen.sort();
/// assert_eq!(seen, (0..10).collect::<Vec<_>>());
/// ```
#[derive(Clone, Debug)]
pub struct Permutation {
    length: u64,
    /// Bits of each half.
    half: u32,
    keys: [u64; ROUNDS],
    next: u64,
}

impl Permutation {
    /// The permutation of `0..length` with this seed.
    pub fn new(length: usize, seed: u64) -> Self {
        let length = length as u64;
        let bits = u64::BITS - length.saturating_sub(1).leading_zeros();
        let mut state = seed;
        let mut keys = [0; ROUNDS];
        for key in &mut keys {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            *key = mix(state);
        }
        Self { length, half: bits.div_ceil(2).max(1), keys, next: 0 }
    }

    /// The number at a place.
    pub fn at(&self, place: usize) -> usize {
        let mask = (1_u64 << self.half) - 1;
        let mut value = place as u64;
        loop {
            let (mut left, mut right) = (value >> self.half, value & mask);
            for key in self.keys {
                (left, right) = (right, left ^ (mix(right ^ key) & mask));
            }
            value = left << self.half | right;
            if value < self.length {
                return value as usize;
            }
            // A place that is none ends, too: its walk is a cycle that need not meet a number below the length.
            if place as u64 >= self.length {
                return place;
            }
        }
    }
}

impl Iterator for Permutation {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        (self.next < self.length).then(|| {
            self.next += 1;
            self.at((self.next - 1) as usize)
        })
    }
}

/// Spreads every bit over all (the finalizer of SplitMix64; Steele, Lea and Flood, 2014).
pub(crate) const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::Permutation;

    #[test]
    fn every_number_comes_once_in_every_length() {
        for length in 0..300 {
            for seed in 0..4 {
                let mut seen = vec![false; length];
                for number in Permutation::new(length, seed) {
                    assert!(!core::mem::replace(&mut seen[number], true), "{length} {seed}");
                }
                assert!(seen.into_iter().all(|seen| seen), "{length} {seed}");
            }
        }
    }

    /// Each number is about as often at each place.
    #[test]
    fn places_are_even() {
        const LENGTH: usize = 11;
        let mut counts = [[0_usize; LENGTH]; LENGTH];
        for seed in 0..11_000 {
            for (place, number) in Permutation::new(LENGTH, seed).enumerate() {
                counts[place][number] += 1;
            }
        }
        for count in counts.as_flattened() {
            assert!((850..1150).contains(count), "{count} of 1000");
        }
    }
}
