"""The representatives' desk: what is offered to them, what waits in their queues, what they hold."""
