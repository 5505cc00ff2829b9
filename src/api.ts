// What a model file may import from 'shootdown'.
export {};
