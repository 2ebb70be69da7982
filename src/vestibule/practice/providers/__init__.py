"""Identity providers of others to practise with: real HTTP and signatures, the vendors' shapes, faults."""
