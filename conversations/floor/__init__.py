"""What supervisors do to people and queues: presence and queues of people; closing, diverting and telling of queues."""
